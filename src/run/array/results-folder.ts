// Where tasks that run without a launcher leave how they ended: a file each, under a name that nobody else takes, in folders that
// were made beforehand, a thousand tasks to one. Names are learnt by listing: on NFS a name that was asked for before it existed
// stays unseen for a minute.
//
//   results/012/t12345.1.json     how task 12345 ended, by who ran it first
//   results/012/t12345.2.json     and once more: its job was started again, or somebody called it by hand
//   results/012/t12345.cleared    what an earlier run left of it is being put away: that does not stand any more
import { join } from "node:path";
import { type TaskId, taskId } from "../../core/ids.ts";
import { resultsFolder } from "../../rundir/layout.ts";
import { claim, readText } from "../../system/durable-file.ts";
import { listFolder, makeFolder, makeFoldersIn } from "../../system/durable-folder.ts";
import { endingText, parseEnding, type TaskEnding } from "./task-ending.ts";

export const tasksPerFolder = 1000;

export type Shelf = number;

/** The folder of a task, by its number from 0. */
export const shelfOf = (task: TaskId): Shelf => Math.floor(task / tasksPerFolder);
export const shelfCount = (tasks: number): number => Math.max(1, Math.ceil(tasks / tasksPerFolder));
const shelfName = (shelf: Shelf): string => String(shelf).padStart(3, "0");
const shelfPath = (run: string, shelf: Shelf): string => join(resultsFolder(run), shelfName(shelf));

/** Makes all folders that a plan with so many tasks has. @throws FileError */
export function makeResultsFolders(run: string, tasks: number): void {
  makeFolder(resultsFolder(run));
  makeFoldersIn(
    resultsFolder(run),
    Array.from({ length: shelfCount(tasks) }, (_, shelf) => shelfName(shelf)),
  );
}

/** What is there of one task. */
export interface Left {
  /** The numbers of its endings, ascending. */
  readonly endings: readonly number[];
  readonly cleared: boolean;
}

export const nothingLeft: Left = { endings: [], cleared: false };

/** What a folder has, fresh from the server. Temporary names and strangers are passed over. @throws FileError */
export function listShelf(run: string, shelf: Shelf): ReadonlyMap<TaskId, Left> {
  const names = listFolder(shelfPath(run, shelf));
  const found = new Map<TaskId, Left>();
  if (names === "missing") return found;
  for (const name of names) {
    const match = /^t(\d{1,15})\.(?:(\d{1,6})\.json|cleared)$/.exec(name);
    if (match === null) continue;
    const task = taskId(Number(match[1]));
    const before = found.get(task) ?? nothingLeft;
    found.set(
      task,
      match[2] === undefined
        ? { ...before, cleared: true }
        : { ...before, endings: [...before.endings, Number(match[2])].sort((a, b) => a - b) },
    );
  }
  return found;
}

/** How a task ended: of several endings the first that is no failure, otherwise the last. Null where there is none. */
export function readEnding(run: string, task: TaskId, left: Left): TaskEnding | null {
  let last: TaskEnding | null = null;
  for (const number of left.endings) {
    const text = readText(join(shelfPath(run, shelfOf(task)), endingName(task, number)));
    const ending = text === "missing" ? null : parseEnding(text);
    if (ending === null || ending.task !== task) continue;
    if (!isFailed(ending)) return ending;
    last = ending;
  }
  return last;
}

export function isFailed({ how }: TaskEnding): boolean {
  return how.kind === "ran" && how.record === null;
}

/** Leaves how a task ended, on the disk when this returns. @throws FileError */
export function leaveEnding(run: string, ending: TaskEnding): void {
  const text = endingText(ending);
  const folder = shelfPath(run, shelfOf(ending.task));
  const { endings } = listShelf(run, shelfOf(ending.task)).get(ending.task) ?? nothingLeft;
  for (let number = (endings.at(-1) ?? 0) + 1; ; number++) {
    if (claim(join(folder, endingName(ending.task, number)), text).kind === "claimed") return;
  }
}

/** Says that what an earlier run left of the task is about to be touched, on the disk when this returns. @throws FileError */
export function leaveCleared(run: string, task: TaskId): void {
  // Whoever said it before has said all that there is to say.
  claim(join(shelfPath(run, shelfOf(task)), `t${task}.cleared`), "");
}

const endingName = (task: TaskId, number: number): string => `t${task}.${number}.json`;
