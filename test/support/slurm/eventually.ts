// Waits until a look shows what is waited for. Nothing in the rig sleeps for a time that should be enough: too long on a
// good day, too short on a bad one.

/** Milliseconds between two looks. */
const pace = 20;

/** What `look` returned as soon as it is neither undefined nor false; throws with `what` when it never is. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  seconds = 30,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await Bun.sleep(pace);
  }
}
