// The numbers and names that would do harm if they were swapped, each with a type of its own.
declare const brand: unique symbol;
export type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Which sample; an integer from 0, unique in the dataset. Its folder is the number with at least six digits. */
export type SampleId = Branded<number, "SampleId">;
/** One block on one sample of one run: an index into the run's plan, dense from 0. Never stored across runs. */
export type TaskId = Branded<number, "TaskId">;
/** Which try of a task, from 1. A result with another attempt than the current one is late. */
export type Attempt = Branded<number, "Attempt">;
/** The unique name of a block: its type and a counter, `Simulate_0`. */
export type BlockName = Branded<string, "BlockName">;
/** Names a worker within one run: "local", "sequential", or a pilot's slot. */
export type WorkerId = Branded<string, "WorkerId">;
/** A duration. */
export type Seconds = Branded<number, "Seconds">;
/** A size in memory or on disk. */
export type Bytes = Branded<number, "Bytes">;
/** A moment by the wall clock of the machine that wrote it, in milliseconds since 1970. For display only. */
export type Moment = Branded<number, "Moment">;

export const attempt = (count: number): Attempt => natural(count, "attempt") as Attempt;
export const taskId = (index: number): TaskId => natural(index, "task") as TaskId;
export const sampleId = (number: number): SampleId => natural(number, "sample") as SampleId;
export const blockName = (name: string): BlockName => name as BlockName;
export const workerId = (name: string): WorkerId => name as WorkerId;
export const seconds = (value: number): Seconds => value as Seconds;
export const bytes = (value: number): Bytes => value as Bytes;
export const moment = (milliseconds: number): Moment => milliseconds as Moment;

/** `000042`: six digits at least, so that a listing in the order of names is one in the order of numbers. */
export function sampleFolderName(id: SampleId): string {
  return String(id).padStart(6, "0");
}

/** The sample that a folder name stands for, or null where it is not one (`42`, `0000042` and `runinfo` are none). */
export function parseSampleFolderName(name: string): SampleId | null {
  // A longer name has no zeros in front. Asked of every name in a dataset, so no text is made to compare it with.
  return /^(?:\d{6}|[1-9]\d{6,14})$/.test(name) ? sampleId(Number(name)) : null;
}

function natural(value: number, what: string): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a ${what} number: ${value}`);
  return value;
}
