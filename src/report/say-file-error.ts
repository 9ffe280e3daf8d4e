// What the operating system said about a file, for people: which file, what was tried, and what they can do about it.

import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { never } from "../core/never.ts";
import { inTheWay, sayInTheWay } from "../rundir/in-the-way.ts";
import type { FileError, FileOperation, FileProblem } from "../system/file-error.ts";

export function fileErrorDiagnostic(error: FileError): Diagnostic {
  const way = inTheWay(error);
  if (way !== null) return sayInTheWay(error, way);
  const hint = hintFor(error.problem);
  return diagnostic(
    "file-error",
    `cannot ${operationWords(error.operation)} \`${error.path}\`: ${problemWords(error.problem, error.code)}`,
    hint === null ? {} : { hint },
  );
}

function operationWords(operation: FileOperation): string {
  switch (operation) {
    case "open":
    case "create":
    case "read":
    case "write":
    case "truncate":
    case "rename":
    case "link":
    case "remove":
      return operation;
    case "sync":
      return "bring to the disk";
    case "sync-folder":
      return "bring to the disk the folder";
    case "make-folder":
      return "make the folder";
    case "list-folder":
      return "list the folder";
    case "status":
      return "look at";
    default:
      return never(operation);
  }
}

function problemWords(problem: FileProblem, code: string): string {
  switch (problem) {
    case "full":
      return `no space or no inodes are left on its filesystem (${code})`;
    case "quota":
      return `your quota there is used up (${code})`;
    case "read-only":
      return `its filesystem is read-only (${code})`;
    case "denied":
      return `permission denied (${code})`;
    case "missing":
      return `it does not exist (${code})`;
    case "exists":
      return `it exists already (${code})`;
    case "wrong-kind":
      return `there is a file where a folder should be, or a folder where a file should be (${code})`;
    case "unreliable":
      return `its filesystem does not answer as it should (${code})`;
    case "other":
      return code;
    default:
      return never(problem);
  }
}

function hintFor(problem: FileProblem): string | null {
  switch (problem) {
    case "full":
      return "make room (`df -h` and `df -i` show what is left), then start again: what was finished is kept";
    case "quota":
      return "make room or ask for more, then start again: what was finished is kept";
    case "unreliable":
      return "try again; if it stays so, the file server has a problem";
    case "read-only":
    case "denied":
    case "missing":
    case "exists":
    case "wrong-kind":
    case "other":
      return null;
    default:
      return never(problem);
  }
}
