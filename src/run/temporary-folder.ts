// Folders for the time of one command, outside of the dataset: nothing of it is on the dataset's disk before all is
// checked. TMPDIR is the user's own word, so it is checked like any other.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { diagnostic, unable } from "../core/diagnostic.ts";
import { isFileError, onFile } from "../system/file-error.ts";

/** Absolute, also where TMPDIR is not: what lies in it is loaded as a module. @throws Refusal where it cannot be made. */
export function makeTemporaryFolder(purpose: string): string {
  const place = resolve(tmpdir());
  try {
    return onFile("make-folder", place, () => mkdtempSync(join(place, `pipe-${purpose}-`)));
  } catch (error) {
    if (!isFileError(error)) throw error;
    throw unable(
      diagnostic("no-temporary-folder", `no temporary folder can be made in \`${place}\`: ${error.code}`, {
        hint: "set TMPDIR to a folder that can be written",
      }),
    );
  }
}
