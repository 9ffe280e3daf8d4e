// Counts every effect on a disk that somebody may rely on, and can end this process before the nth of them, so that
// a test can prove that no place to die is a bad one. Read once; children do not inherit it.

const variable = "PIPE_FAULT_KILL_AT_STEP";
const killAt = Number(process.env[variable] ?? 0);
delete process.env[variable];

let taken = 0;

/** Called before each create, write, sync, rename, link, remove and make-folder. */
export function durableStep(): void {
  taken++;
  if (taken === killAt) process.kill(process.pid, "SIGKILL");
}

/** How many steps this process has taken so far. */
export const durableSteps = (): number => taken;
