// A block that runs again is to see the sample as it would the first time. So what blocks behind it left in earlier runs, and
// blocks that the pipeline has no more, is out of its sight while it runs; it comes back before what follows is judged, since all
// of it may still stand. A block that lists its folder would otherwise make another dataset than one from scratch, under a key
// that says it is the same.
//
// Of blocks that run side by side neither is hidden from the other: what they see of each other is chance the first time, too.
import { filesMade } from "../cache/files-of-tasks.ts";
import type { Memory } from "../cache/memory.ts";
import type { KeptOutput } from "../cache/old-outputs.ts";
import { pathsAside, putAside, putBack } from "../cache/put-aside.ts";
import type { TaskRecord } from "../cache/record.ts";
import type { BlockName, SampleId } from "../core/ids.ts";
import type { BlockGraph } from "../plan/graph.ts";

export interface OutOfSightInput {
  readonly dataPath: string;
  readonly memory: Memory;
  /** The blocks of the pipeline, in its order. */
  readonly order: readonly BlockName[];
  readonly graph: BlockGraph;
  /** Called with paths that were put aside or back. */
  readonly onMoved?: (sample: SampleId | null, paths: readonly string[]) => void;
}

/** What is aside for one task, in the folder of one sample (of the dataset: null). */
interface Hidden {
  readonly block: BlockName;
  readonly sample: SampleId | null;
  /** All that it must not see. */
  readonly wanted: ReadonlySet<string>;
  readonly moved: Set<string>;
}

export class OutOfSight {
  readonly #input: OutOfSightInput;
  /** By block: those behind it. */
  readonly #behind: ReadonlyMap<BlockName, readonly BlockName[]>;
  /** What comes before a block, it included: the files that it is to find. */
  readonly #before: ReadonlyMap<BlockName, readonly BlockName[]>;
  /** Blocks that are remembered and that the pipeline has no more. */
  readonly #gone: readonly BlockName[];
  /** By the sample of the task. */
  readonly #hidden = new Map<SampleId | null, readonly Hidden[]>();

  constructor(input: OutOfSightInput) {
    this.#input = input;
    const { order, graph, memory } = input;
    const named = (blocks: readonly number[]) => blocks.flatMap((block) => order[block] ?? []);
    const indices = [...order.keys()];
    const before = indices.map((block) => [...(graph.ancestors[block] ?? []), block]);
    this.#before = new Map(order.map((name, block) => [name, named(before[block] ?? [])]));
    const behind = (block: number) =>
      indices.filter((other) => graph.ancestors[other]?.includes(block) === true);
    this.#behind = new Map(order.map((name, block) => [name, named(behind(block))]));
    const known = new Set(order);
    this.#gone = memory.blocks.filter((block) => !known.has(block));
  }

  /** Whether there may be anything to hide; a look at what is remembered, not at the disk. */
  concerns(block: BlockName, sample: SampleId | null): boolean {
    const { memory } = this.#input;
    if (sample === null && this.#gone.length > 0) return true;
    return [...(this.#behind.get(block) ?? []), ...this.#gone].some((other) => memory.knows(other, sample));
  }

  /** Returns what stays in sight, since it could not be moved. */
  hide(block: BlockName, sample: SampleId | null): readonly KeptOutput[] {
    const inSight: KeptOutput[] = [];
    const hidden = [...(this.#hidden.get(sample) ?? [])];
    for (const [where, records] of Map.groupBy(this.#recordsFor(block, sample), (record) => record.sample)) {
      const found = this.#found(block, where);
      const files = records.flatMap(filesMade).filter(({ path }) => !found.has(path));
      if (files.length === 0) continue;
      const aside = putAside({ dataPath: this.#input.dataPath, sample: where }, files);
      for (const { path, code } of aside.inSight) inSight.push({ path, why: { kind: "in-sight", code } });
      const wanted = new Set(files.map(({ path }) => path));
      if (aside.moved.length > 0) this.#input.onMoved?.(where, aside.moved);
      hidden.push({ block, sample: where, wanted, moved: new Set(aside.moved) });
    }
    if (hidden.length > 0) this.#hidden.set(sample, hidden);
    return inSight;
  }

  /** A task that a launcher before us gave out still runs: what was hidden from it comes back when it ends. */
  takeOver(block: BlockName, sample: SampleId | null): void {
    const paths = new Set(pathsAside({ dataPath: this.#input.dataPath, sample }));
    if (paths.size === 0 || this.#hidden.has(sample)) return;
    this.#hidden.set(sample, [{ block, sample, wanted: paths, moved: paths }]);
  }

  /** The task has ended. What another one that is running must not see either stays aside for that one. */
  show(block: BlockName, sample: SampleId | null): void {
    const all = this.#hidden.get(sample);
    if (all === undefined) return;
    const others = all.filter((one) => one.block !== block);
    for (const one of all.filter((each) => each.block === block)) this.#bring(one, others);
    if (others.length === 0) this.#hidden.delete(sample);
    else this.#hidden.set(sample, others);
  }

  /** Nothing of this sample runs any more. */
  showAll(sample: SampleId | null): void {
    for (const one of this.#hidden.get(sample) ?? []) this.#bring(one, []);
    this.#hidden.delete(sample);
  }

  /** Nothing at all runs any more. */
  close(): void {
    for (const sample of [...this.#hidden.keys()]) this.showAll(sample);
  }

  /** Names in this place under which a task's own file may lie now, while what is remembered of them is aside. */
  pathsIn(sample: SampleId | null): ReadonlySet<string> {
    const all = this.#hidden.get(sample) ?? [];
    return new Set(all.flatMap(({ moved }) => [...moved]));
  }

  #bring(one: Hidden, others: readonly Hidden[]): void {
    const back: string[] = [];
    for (const path of one.moved) {
      const heir = others.find((other) => other.sample === one.sample && other.wanted.has(path));
      if (heir === undefined) back.push(path);
      else heir.moved.add(path);
    }
    if (back.length === 0) return;
    putBack({ dataPath: this.#input.dataPath, sample: one.sample }, back);
    this.#input.onMoved?.(one.sample, back);
  }

  /** Of the sample; where the task is over the whole dataset, of all samples those of blocks that are gone. */
  #recordsFor(block: BlockName, sample: SampleId | null): readonly TaskRecord[] {
    const { memory } = this.#input;
    const recorded = (name: BlockName) => memory.get(name, sample) ?? memory.forgotten(name, sample) ?? [];
    const behind = (this.#behind.get(block) ?? []).flatMap(recorded);
    const gone = this.#gone.flatMap((name) => (sample === null ? memory.all(name) : recorded(name)));
    return [...behind, ...gone];
  }

  /** What is there for it to find: it is not hidden, whoever else wrote over it. */
  #found(block: BlockName, where: SampleId | null): ReadonlySet<string> {
    const { memory } = this.#input;
    const before = this.#before.get(block) ?? [];
    return new Set(before.flatMap((name) => memory.get(name, where)?.files ?? []).map(({ path }) => path));
  }
}
