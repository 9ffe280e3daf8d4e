// Waits until a look shows what is waited for. Nothing in the rig sleeps for a time that should be enough: too long on a
// good day, too short on a bad one.

/** Milliseconds between two looks. */
const pace = 20;

/** What a look has shown that was not it yet: told when the waiting was in vain. */
export class NotYet {
  readonly words: string;

  constructor(words: string) {
    this.words = words;
  }
}

type Look<T> = T | NotYet | undefined | false;

/** What `look` returned as soon as it is something; throws with `what` when it never is. */
export async function eventually<T>(
  what: string,
  look: () => Look<T> | Promise<Look<T>>,
  seconds = 30,
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    const yet = seen instanceof NotYet;
    if (!yet && seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadline) {
      throw new Error(`not within ${seconds} s: ${what}${yet ? `; at last: ${seen.words}` : ""}`);
    }
    await Bun.sleep(pace);
  }
}
