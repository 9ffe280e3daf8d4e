// Asks for the status of many files at once, so that the answers are with this machine when they are wanted one by one. A file
// server takes as long for a hundred questions that come together as for a few that wait for each other.
import { lstat } from "node:fs/promises";

/** What is wrong with a file is found out by who needs it. */
export async function lookAhead(paths: readonly string[]): Promise<void> {
  const nothing = (): void => {};
  await Promise.all(paths.map((path) => lstat(path).then(nothing, nothing)));
}
