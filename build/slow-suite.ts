// Tests that take minutes and are no part of `npm test`: every file of a folder that ends in a word of its own, one after
// the other, since what is killed at random moments or timed must meet a run, not a busy machine.
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { compileHere } from "./compile.ts";
import { places, root } from "./places.ts";
import { show } from "./program.ts";

export interface SlowSuite {
  /** Below test/. */
  readonly folder: string;
  /** Of the files' names, as `.fault.ts`. */
  readonly ending: string;
  /** Only files whose names hold one of these; all where there is none. */
  readonly words: readonly string[];
}

/** Exit status: 0 when all passed, 1 when not, 2 when there was nothing to run. */
export async function runSlowSuite({ folder, ending, words }: SlowSuite): Promise<number> {
  const files = readdirSync(join(places.tests, folder))
    .filter((name) => name.endsWith(ending))
    .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
    .sort();
  if (files.length === 0) {
    console.error(`error: test/${folder} holds no ${words.join(" or ") || `*${ending}`}`);
    return 2;
  }
  await compileHere();
  let status = 0;
  for (const name of files) {
    const path = `./${relative(root, join(places.tests, folder, name))}`;
    if ((await show([process.execPath, "test", "--timeout=3600000", path])) !== 0) status = 1;
  }
  return status;
}
