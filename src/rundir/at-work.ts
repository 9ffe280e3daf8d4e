// What a worker is at, and what lay in the task's folder before: the one file from which it can be told what an attempt has left
// that took its worker with it. Without it those files would be nobody's, and lie in the sample for ever.
//
// It stands until the worker begins the next one: what has ended and was never answered counts as left, too. Not synced: where the
// whole machine is gone, nobody can tell.
import { attempt as toAttempt } from "../core/ids.ts";
import { emptyManifest, type Manifest } from "../core/manifest.ts";
import { overwrite, readText } from "../system/durable-file.ts";
import { removeQuietly } from "../system/durable-folder.ts";
import { isFileError } from "../system/file-error.ts";
import {
  difference,
  type Listing,
  listingOf,
  observeFolder,
  type SeenFile,
} from "../system/observe-folder.ts";
import { type Fields, parseVersioned } from "./json-fields.ts";
import { atWorkPath, type LogOf, taskLogName } from "./layout.ts";
import { concernsIn, taskFolder } from "./task-folder.ts";

/** One attempt of one task. */
export type AttemptName = LogOf;

//   1  first
const knows = { format: "pipe-at-work", version: 1 };

export interface AtWork extends Disposable {
  /** `before`: the task's folder as the attempt finds it. */
  begin(attempt: AttemptName, before: Listing): void;
}

/** For one worker at a time. Where it cannot be written it is left out: the task is what matters. */
export function atWork(workerFolder: string): AtWork {
  const path = atWorkPath(workerFolder);
  return {
    begin: (attempt, before) => {
      try {
        overwrite(path, textOf(attempt, before));
      } catch (error) {
        if (!isFileError(error)) throw error;
      }
    },
    [Symbol.dispose]: () => removeQuietly(path),
  };
}

/**
 * What the attempt has left in its folder, for who knows that nothing of its worker lives any more; contents are not read. Empty
 * where the worker was not at it, or nobody can tell.
 */
export function leftByDead(
  attempt: AttemptName,
  at: { readonly workerFolder: string; readonly dataPath: string },
): Manifest {
  try {
    const text = readText(atWorkPath(at.workerFolder));
    const parsed = text === "missing" ? null : parseVersioned(text, knows, readAtWork);
    if (parsed?.kind !== "parsed" || parsed.value.attempt !== taskLogName(attempt)) return emptyManifest;
    const place = { dataPath: at.dataPath, sample: attempt.sample };
    return difference(parsed.value.before, observeFolder(taskFolder(place), concernsIn(place)));
  } catch (error) {
    // A folder that cannot be read: the failure of the task is what has to be told.
    if (error instanceof Error && "code" in error) return emptyManifest;
    throw error;
  }
}

/** What a worker has begun and not seen the end of. */
export interface BegunAttempt {
  readonly before: Listing;
  /** Whether it was one of this task's. */
  isOf(task: Omit<AttemptName, "attempt">): boolean;
}

/** Null where it has begun nothing, or nobody can tell. */
export function begunIn(workerFolder: string): BegunAttempt | null {
  const text = readText(atWorkPath(workerFolder));
  const parsed = text === "missing" ? null : parseVersioned(text, knows, readAtWork);
  if (parsed?.kind !== "parsed") return null;
  const { attempt, before } = parsed.value;
  const number = Number(/\.(\d+)\.log$/.exec(attempt)?.[1]);
  return { before, isOf: (task) => taskLogName({ ...task, attempt: toAttempt(number) }) === attempt };
}

function textOf(attempt: AttemptName, before: Listing): string {
  const files = [...before].map(
    ([path, { size, modified, changed, inode }]) => `${size} ${modified} ${changed} ${inode} ${path}`,
  );
  return JSON.stringify({ ...knows, attempt: taskLogName(attempt), files, folders: [...before.folders] });
}

function readAtWork(fields: Fields): { readonly attempt: string; readonly before: Listing } {
  const files = fields.texts("files").map(readSeen);
  return { attempt: fields.text("attempt"), before: listingOf(files, fields.texts("folders")) };
}

function readSeen(line: string): readonly [string, SeenFile] {
  const [size, modified, changed, inode, ...path] = line.split(" ");
  const seen = {
    ...{ size: Number(size), modified: Number(modified) },
    ...{ changed: Number(changed), inode: Number(inode) },
  };
  return [path.join(" "), seen];
}
