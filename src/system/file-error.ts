// What the operating system said about a file, as facts. Without this type, a full disk, a missing folder and a
// forbidden one would all be "some Error", and nobody could tell the user what to do.

/** What to do about it depends on this; `code` has the exact word of the operating system. */
export type FileProblem =
  /** ENOSPC: no bytes or no inodes left (`freeSpace` tells which). */
  | "full"
  /** EDQUOT: the user's own quota is used up; the disk may have space. */
  | "quota"
  /** EROFS */
  | "read-only"
  /** EACCES, EPERM */
  | "denied"
  /** ENOENT */
  | "missing"
  /** EEXIST, ENOTEMPTY */
  | "exists"
  /** ENOTDIR, EISDIR: a file where a folder should be, or the other way round. */
  | "wrong-kind"
  /** ESTALE, EIO, EINTR, ETIMEDOUT, EAGAIN, EBUSY: the server may say something else in a moment. */
  | "unreliable"
  | "other";

/** What was being tried. */
export type FileOperation =
  | "open"
  | "create"
  | "read"
  | "write"
  | "sync"
  | "sync-folder"
  | "truncate"
  | "rename"
  | "link"
  | "remove"
  | "make-folder"
  | "list-folder"
  | "status";

export class FileError extends Error {
  /** The operating system's word: `ENOSPC`, `EACCES`, … */
  readonly code: string;
  readonly path: string;
  readonly operation: FileOperation;
  readonly problem: FileProblem;

  constructor(facts: { code: string; path: string; operation: FileOperation; cause?: unknown }) {
    super(`${facts.operation} ${facts.path}: ${facts.code}`, { cause: facts.cause });
    this.name = "FileError";
    this.code = facts.code;
    this.path = facts.path;
    this.operation = facts.operation;
    this.problem = problemOf(facts.code);
  }
}

/** Runs one operation on a file; whatever the operating system refuses comes out as a `FileError`. */
export function onFile<T>(operation: FileOperation, path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw asFileError(error, operation, path);
  }
}

/** The error as a `FileError`; an error without a code is a bug of ours and comes back as it is. */
export function asFileError(error: unknown, operation: FileOperation, path: string): unknown {
  if (error instanceof FileError) return error;
  const code = codeOf(error);
  return code === null ? error : new FileError({ code, path, operation, cause: error });
}

/** True where there is no room: the disk is full or the quota is used up. Both are met by waiting and room making. */
export const isOutOfSpace = (error: FileError): boolean =>
  error.problem === "full" || error.problem === "quota";

/** Is this a `FileError` with one of these problems? */
export function isFileError(error: unknown, ...problems: readonly FileProblem[]): error is FileError {
  return error instanceof FileError && (problems.length === 0 || problems.includes(error.problem));
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

function problemOf(code: string): FileProblem {
  return problems.get(code) ?? "other";
}

const problems: ReadonlyMap<string, FileProblem> = new Map([
  ["ENOSPC", "full"],
  ["EDQUOT", "quota"],
  ["EROFS", "read-only"],
  ["EACCES", "denied"],
  ["EPERM", "denied"],
  ["ENOENT", "missing"],
  ["EEXIST", "exists"],
  ["ENOTEMPTY", "exists"],
  ["ENOTDIR", "wrong-kind"],
  ["EISDIR", "wrong-kind"],
  ["ESTALE", "unreliable"],
  ["EIO", "unreliable"],
  ["EINTR", "unreliable"],
  ["ETIMEDOUT", "unreliable"],
  ["EAGAIN", "unreliable"],
  ["EBUSY", "unreliable"],
]);
