// Who has left what in the dataset's folders of late: what a task must see before it begins elsewhere. The node that left a file sees
// it; another one may go on seeing what was there before, or nothing, for as long as its filesystem remembers.
import { type BlockName, type SampleId, type Seconds, sampleFolderName } from "../core/ids.ts";
import type { FileRecord } from "../core/manifest.ts";
import type { Sight } from "../core/sight.ts";
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
  /** By task: whom it was given to, and when. */
  readonly #given = new Map<number, { readonly worker: string; readonly at: Seconds }>();
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
    this.#given.set(task, { worker, at: this.#input.now() });
    const sight =
      target.kind === "sample" ? this.#inSample(worker, assignment, target.sample.id) : this.#inAll(worker);
    return sight.files.length + sight.gone.length === 0 ? assignment : { ...assignment, sees: sight };
  }

  /** What a task has left, before anything else is done with it. */
  ended(
    worker: string,
    of: { readonly block: BlockName; readonly sample: SampleId | null },
    result: TaskResult,
  ): void {
    const given = this.#given.get(result.task);
    this.#given.delete(result.task);
    const { outcome, manifest } = result;
    // Of one that was not begun nobody knows what it saw.
    const hasSeen = outcome.kind !== "failed" || !["cancelled", "worker-lost"].includes(outcome.failure.kind);
    if (given !== undefined && hasSeen) this.#seen(given, of.sample);
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

  #seen(given: { readonly worker: string; readonly at: Seconds }, sample: SampleId | null): void {
    for (const trace of this.#folders.get(sample)?.traces.values() ?? []) {
      if (trace.at <= given.at) trace.seen.add(given.worker);
    }
  }

  #inSample(worker: string, { block }: Assignment, sample: SampleId): Sight {
    const before = this.#before.get(block);
    const sight: Gathered = { files: [], gone: [] };
    for (const [path, trace] of this.#folders.get(sample)?.traces ?? []) {
      const isOthers = trace.block !== null && before?.has(trace.block) !== true;
      if (!isOthers) this.#gather(worker, { sample, path, trace }, sight);
    }
    return sight;
  }

  /** A block over the dataset reads what it likes. */
  #inAll(worker: string): Sight {
    const sight: Gathered = { files: [], gone: [] };
    for (const [sample, folder] of this.#folders) {
      for (const [path, trace] of folder.traces) this.#gather(worker, { sample, path, trace }, sight);
    }
    return sight;
  }

  #gather(
    worker: string,
    {
      sample,
      path,
      trace,
    }: { readonly sample: SampleId | null; readonly path: string; readonly trace: Trace },
    sight: Gathered,
  ): void {
    if (trace.by === worker || trace.seen.has(worker) || this.#isOld(trace.at)) return;
    const whole = sample === null ? path : `${sampleFolderName(sample)}/${path}`;
    if (trace.file === null) sight.gone.push(whole);
    else sight.files.push({ ...trace.file, path: whole });
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

interface Gathered {
  readonly files: FileRecord[];
  readonly gone: string[];
}

/** Seconds. No client is known that believes for longer than a minute what it once saw. */
const remembered = 180;
