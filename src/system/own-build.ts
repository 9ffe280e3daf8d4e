// Whether a worker is the build that its launcher meant. A job script may be submitted again a month later, or name an
// executable that somebody replaced; two builds that talk to each other fail in ways that nobody understands.
import { basename } from "node:path";

/** A complaint for the person who reads the job's output, or null where all is well. The name of a staged executable says what it is. */
export function wrongBuild(expected: string, executable: string = process.execPath): string | null {
  const name = basename(executable);
  if (name === `pipe-${expected}`) return null;
  return `this worker is ${name}, and its launcher wants pipe-${expected}: \`${executable}\` is another build`;
}
