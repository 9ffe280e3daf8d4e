// The file that this process runs, and its hash. Reading a hundred megabytes on every start would be most of a start, so the
// hash is remembered with everything that changes when the file does.
import { statSync } from "node:fs";
import { FieldProblem, type Fields, type Parsed, parseVersioned } from "../../../rundir/json-fields.ts";
import { publish, readText } from "../../../system/durable-file.ts";
import { isFileError, onFile } from "../../../system/file-error.ts";
import { hostName } from "../../../system/host.ts";

export interface OwnExecutable {
  /** What a person calls it. */
  readonly name: string;
  /** What is read: still the running program when another one has been put in its place. */
  readonly path: string;
}

export function ownExecutable(): OwnExecutable {
  const name = process.execPath;
  // On other systems nobody submits jobs.
  return { name, path: process.platform === "linux" ? "/proc/self/exe" : name };
}

/** Everything that tells that a file is not the one that was read: `ctime` cannot be set by hand. */
export interface FileMark {
  readonly host: string;
  readonly path: string;
  readonly size: number;
  readonly inode: string;
  readonly device: string;
  readonly changed: string;
}

export function markOf({ name, path }: OwnExecutable): FileMark {
  const facts = onFile("status", path, () => statSync(path, { bigint: true }));
  return {
    ...{ host: hostName(), path: name, size: Number(facts.size) },
    ...{ inode: String(facts.ino), device: String(facts.dev), changed: String(facts.ctimeNs) },
  };
}

/** The hash that was remembered for exactly this file; null where there is none. A memory that cannot be read is none. */
export function rememberedHash(memory: string, mark: FileMark): string | null {
  const known = readMemory(memory);
  return known.find((one) => sameMark(one.mark, mark))?.sha256 ?? null;
}

/** Not being able to remember costs a second the next time, and nothing else. */
export function rememberHash(memory: string, mark: FileMark, sha256: string): void {
  const others = readMemory(memory).filter(
    ({ mark: { host, path } }) => host !== mark.host || path !== mark.path,
  );
  const files = [{ mark, sha256 }, ...others].slice(0, mostRemembered);
  const lines = files.map((file) => ({ ...file.mark, sha256: file.sha256 }));
  try {
    publish(memory, `${JSON.stringify({ ...format, files: lines }, null, 1)}\n`, { durability: "unsynced" });
  } catch (error) {
    if (!isFileError(error)) throw error;
  }
}

const format = { format: "pipe-executables", version: 1 } as const;
const mostRemembered = 20;

interface Remembered {
  readonly mark: FileMark;
  readonly sha256: string;
}

function readMemory(path: string): readonly Remembered[] {
  let text: string | "missing";
  try {
    text = readText(path);
  } catch (error) {
    if (isFileError(error)) return [];
    throw error;
  }
  if (text === "missing") return [];
  const parsed: Parsed<readonly Remembered[]> = parseVersioned(text, format, (fields) =>
    fields.objects("files").map((file) => remembered(file)),
  );
  return parsed.kind === "parsed" ? parsed.value : [];
}

function remembered(fields: Fields): Remembered {
  const sha256 = fields.text("sha256");
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new FieldProblem("`sha256` is none");
  const mark = {
    ...{ host: fields.text("host"), path: fields.text("path"), size: fields.number("size") },
    ...{ inode: fields.text("inode"), device: fields.text("device"), changed: fields.text("changed") },
  };
  return { mark, sha256 };
}

function sameMark(a: FileMark, b: FileMark): boolean {
  return (
    a.host === b.host &&
    a.path === b.path &&
    a.size === b.size &&
    a.inode === b.inode &&
    a.device === b.device &&
    a.changed === b.changed
  );
}
