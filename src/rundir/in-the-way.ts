// A file where a folder must be, or the other way round: by hand, by another program, by a copy that went wrong. The system only
// says which path it could not use; what has to be moved away may lie above it.
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { shellCommand } from "../core/shell-word.ts";
import type { FileError } from "../system/file-error.ts";

export interface InTheWay {
  readonly path: string;
  readonly is: "a file" | "a folder";
}

/** Null where that is not what is wrong, or it is gone by now. */
export function inTheWay({ code, path }: FileError): InTheWay | null {
  if (code === "EISDIR") return { path, is: "a folder" };
  if (code !== "ENOTDIR" && code !== "EEXIST") return null;
  const first = foldersTo(path).find((one) => kindOf(one) !== "folder");
  return first === undefined || kindOf(first) === "missing" ? null : { path: first, is: "a file" };
}

export function sayInTheWay(error: FileError, { path, is }: InTheWay): Diagnostic {
  const wanted = is === "a file" ? "a folder" : "a file";
  return diagnostic("in-the-way", `\`${path}\` is ${is}, where pipe needs ${wanted}`, {
    notes: [`the system said ${error.code} at \`${error.path}\``],
    hint: `move it away and start again: ${shellCommand(["mv", path, `${path}.moved`])}`,
  });
}

/** From the root down to it, itself the last. */
function foldersTo(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [path] : [...foldersTo(above), path];
}

function kindOf(path: string): "folder" | "other" | "missing" {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts === undefined ? "missing" : facts.isDirectory() ? "folder" : "other";
}
