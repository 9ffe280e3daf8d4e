// Who has left what in the dataset's folders of late: what a task must see before it begins elsewhere. The node that left a file sees
// it; another one may go on seeing what was there before, or nothing, for as long as its filesystem remembers.

import { blame } from "../core/failure.ts";
import type { BlockName, SampleId, Seconds, TaskId } from "../core/ids.ts";
import type { FileRecord } from "../core/manifest.ts";
import { pathInDataset, type Sight } from "../core/sight.ts";
import type { BlockGraph } from "../plan/graph.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment } from "../protocol/assignment.ts";

export interface TracesInput {
  /** The blocks of the pipeline, in its order. */
  readonly order: readonly BlockName[];
  readonly graph: BlockGraph;
  readonly now: () => Seconds;
}

interface Trace {
  /** Null where nothing is there any more. */
  readonly file: FileRecord | null;
  /** The worker; null: the launcher, or an earlier run's. */
  readonly by: string | null;
  readonly block: BlockName | null;
  readonly at: Seconds;
  /** Other workers that have seen it. */
  readonly seen: Set<string>;
}

interface Folder {
  /** By path in the folder. */
  readonly traces: Map<string, Trace>;
  newest: Seconds;
}

export class Traces {
  readonly #input: TracesInput;
  /** By the sample, the dataset's own folder being null; what has changed last comes last. */
  readonly #folders = new Map<SampleId | null, Folder>();
  /** By task: what it has to see. */
  readonly #shown = new Map<TaskId, readonly Trace[]>();
  /** By block: those that are over when it begins. Of others that run beside it, it may see anything. */
  readonly #before: ReadonlyMap<BlockName, ReadonlySet<BlockName>>;

  constructor(input: TracesInput) {
    this.#input = input;
    const { order, graph } = input;
    const names = (block: number) => (graph.ancestors[block] ?? []).flatMap((index) => order[index] ?? []);
    this.#before = new Map(order.map((name, block) => [name, new Set([...names(block), name])]));
  }

  /** The assignment with what this worker must see before it begins. */
  given(worker: string, assignment: Assignment): Assignment {
    const { target, task } = assignment;
    const found =
      target.kind === "sample" ? this.#inSample(worker, assignment, target.sample.id) : this.#inAll(worker);
    if (found.length === 0) return assignment;
    this.#shown.set(
      task,
      found.map(({ trace }) => trace),
    );
    return { ...assignment, sees: sightOf(found) };
  }

  /** What a task has left, before anything else is done with it. */
  ended(
    worker: string,
    of: { readonly block: BlockName; readonly sample: SampleId | null },
    result: TaskResult,
  ): void {
    const shown = this.#shown.get(result.task) ?? [];
    this.#shown.delete(result.task);
    const { outcome, manifest } = result;
    // Of one that was not begun nobody knows what it saw.
    const hasSeen = outcome.kind !== "failed" || blame(outcome.failure) === "task";
    if (hasSeen) for (const trace of shown) trace.seen.add(worker);
    const by = { by: worker, block: of.block };
    for (const file of manifest.files) this.#leave(of.sample, file.path, { file, ...by });
    for (const path of manifest.removed) this.#leave(of.sample, path, { file: null, ...by });
  }

  /** What we ourselves have written, moved or removed; null: nothing is there now. */
  touched(sample: SampleId | null, entries: ReadonlyMap<string, FileRecord | null>): void {
    for (const [path, file] of entries) this.#leave(sample, path, { file, by: null, block: null });
  }

  #leave(sample: SampleId | null, path: string, trace: Omit<Trace, "at" | "seen">): void {
    const at = this.#input.now();
    const folder: Folder = this.#folders.get(sample) ?? { traces: new Map(), newest: at };
    this.#folders.delete(sample);
    this.#folders.set(sample, folder);
    folder.newest = at;
    folder.traces.set(path, { ...trace, at, seen: new Set() });
    this.#forgetOld();
  }

  #inSample(worker: string, { block }: Assignment, sample: SampleId): readonly Found[] {
    const before = this.#before.get(block);
    const found: Found[] = [];
    for (const [path, trace] of this.#folders.get(sample)?.traces ?? []) {
      const isOthers = trace.block !== null && before?.has(trace.block) !== true;
      if (!isOthers && this.#concerns(worker, trace)) found.push({ sample, path, trace });
    }
    return found;
  }

  /** A block over the dataset reads what it likes. */
  #inAll(worker: string): readonly Found[] {
    const found: Found[] = [];
    for (const [sample, { traces }] of this.#folders) {
      for (const [path, trace] of traces) {
        if (this.#concerns(worker, trace)) found.push({ sample, path, trace });
      }
    }
    return found;
  }

  #concerns(worker: string, { by, seen, at }: Trace): boolean {
    return by !== worker && !seen.has(worker) && !this.#isOld(at);
  }

  #isOld(at: Seconds): boolean {
    return this.#input.now() - at > remembered;
  }

  #forgetOld(): void {
    for (const [sample, folder] of this.#folders) {
      if (!this.#isOld(folder.newest)) return;
      this.#folders.delete(sample);
    }
  }
}

interface Found {
  readonly sample: SampleId | null;
  readonly path: string;
  readonly trace: Trace;
}

function sightOf(found: readonly Found[]): Sight {
  const files: FileRecord[] = [];
  const gone: string[] = [];
  for (const { sample, path, trace } of found) {
    const whole = pathInDataset(sample, path);
    if (trace.file === null) gone.push(whole);
    else files.push({ ...trace.file, path: whole });
  }
  return { files, gone };
}

/** Seconds. No client is known that believes for longer than a minute what it once saw. */
const remembered = 180;
