// A sample on its way through the blocks: what the next one will see, told from what the tasks before it are remembered to
// have left. Where they stand as they stood, nothing is hashed: the digest after one task is the digest before the next.
//
// The same for the dataset and its blocks: what a walk goes through is given as `Contents`.
import type { BlockName, SampleId } from "../core/ids.ts";
import { afterTask, contentDigest, freshContent, type Left, type SampleContent } from "./content.ts";
import type { Digest, TaskRecord } from "./record.ts";

/** A part of the block graph, the blocks named by their position in it. */
export interface WalkShape {
  readonly names: readonly BlockName[];
  /** Ascending; what follows from another edge may be left out. */
  readonly predecessors: readonly (readonly number[])[];
  /** Ascending: all that comes before, directly or not. */
  readonly ancestors: readonly (readonly number[])[];
  /** Those that nothing follows on. */
  readonly last: readonly number[];
}

export interface Contents<Content> {
  fresh(): Content;
  after(content: Content, left: Left): Content;
  digest(content: Content): Digest;
}

/** The sample before a task: its digest, or which blocks have to end before anybody can know it. */
export type Before = Digest | { readonly kind: "unknown"; readonly until: readonly BlockName[] };

export function walkShape(
  names: readonly BlockName[],
  predecessors: readonly (readonly number[])[],
): WalkShape {
  const ancestors: number[][] = [];
  predecessors.forEach((before, block) => {
    const all = new Set(before.flatMap((p) => [p, ...(ancestors[p] ?? [])]));
    if ([...all].some((p) => p >= block))
      throw new RangeError(`block ${block} stands before what it follows`);
    ancestors.push([...all].sort((a, b) => a - b));
  });
  const followed = new Set(predecessors.flat());
  return { names, predecessors, ancestors, last: names.map((_, i) => i).filter((i) => !followed.has(i)) };
}

export const walkSample = (sample: SampleId, shape: WalkShape): Walk<SampleContent> =>
  new Walk(shape, { fresh: () => freshContent(sample), after: afterTask, digest: contentDigest });

export class Walk<Content> {
  readonly #shape: WalkShape;
  readonly #contents: Contents<Content>;
  readonly #records: (TaskRecord | undefined)[] = [];
  readonly #before: (Digest | undefined)[] = [];
  readonly #after: (Digest | undefined)[] = [];
  readonly #contentAfter: (Content | undefined)[] = [];
  #fresh: Content | undefined;
  #freshDigest: Digest | undefined;

  constructor(shape: WalkShape, contents: Contents<Content>) {
    this.#shape = shape;
    this.#contents = contents;
  }

  /** The task has ended well, or what is remembered of it stands. Its followers see what this record says. */
  settle(block: number, record: TaskRecord): void {
    if (this.#records[block] !== undefined) this.#forgetFrom(block);
    this.#records[block] = record;
  }

  /** By what pipe itself counts. A pipeline with its own info digests that instead, and uses `contentBefore`. */
  before(block: number): Before {
    const known = this.#before[block];
    if (known !== undefined) return known;
    const until = this.#unsettled(this.#of(this.#shape.ancestors, block));
    if (until.length > 0) return { kind: "unknown", until };
    const digest = this.#digestOf(
      this.#of(this.#shape.predecessors, block),
      this.#of(this.#shape.ancestors, block),
    );
    this.#before[block] = digest;
    return digest;
  }

  /** @throws RangeError where a block before it is not settled. */
  contentBefore(block: number): Content {
    return this.#content(this.#of(this.#shape.predecessors, block), this.#of(this.#shape.ancestors, block));
  }

  /** What comes after a task that has just left this. */
  afterLeft(block: number, left: Left): Digest {
    return this.#contents.digest(this.#contents.after(this.contentBefore(block), left));
  }

  /** After all blocks. @throws RangeError where one is not settled. */
  end(): Digest {
    return this.#digestOf(this.#shape.last, this.#all());
  }

  contentAtEnd(): Content {
    return this.#content(this.#shape.last, this.#all());
  }

  #all(): readonly number[] {
    return this.#shape.names.map((_, block) => block);
  }

  /** After `blocks`, which are `last` and all that comes before these. */
  #digestOf(last: readonly number[], blocks: readonly number[]): Digest {
    const [only, ...others] = last;
    if (only === undefined) {
      this.#freshDigest ??= this.#contents.digest(this.#freshContent());
      return this.#freshDigest;
    }
    return others.length === 0 ? this.#digestAfter(only) : this.#contents.digest(this.#folded(blocks));
  }

  #content(last: readonly number[], blocks: readonly number[]): Content {
    const [only, ...others] = last;
    if (only === undefined) return this.#freshContent();
    return others.length === 0 ? this.#contentOfAfter(only) : this.#folded(blocks);
  }

  /**
   * As the record says it, if the task was run on the very sample that is there now. With the pipeline's own info a record may
   * stand although the sample has changed in what that leaves out: then what comes after is another than it was.
   */
  #digestAfter(block: number): Digest {
    const known = this.#after[block];
    if (known !== undefined) return known;
    const { key, after } = this.#record(block);
    const digest =
      key.before === this.before(block) ? after : this.#contents.digest(this.#contentOfAfter(block));
    this.#after[block] = digest;
    return digest;
  }

  #contentOfAfter(block: number): Content {
    const known = this.#contentAfter[block];
    if (known !== undefined) return known;
    const content = this.#contents.after(this.contentBefore(block), this.#record(block));
    this.#contentAfter[block] = content;
    return content;
  }

  /** In the order of the pipeline: of two tasks side by side the later one wins. */
  #folded(blocks: readonly number[]): Content {
    let content = this.#freshContent();
    for (const block of blocks) content = this.#contents.after(content, this.#record(block));
    return content;
  }

  #freshContent(): Content {
    this.#fresh ??= this.#contents.fresh();
    return this.#fresh;
  }

  #record(block: number): TaskRecord {
    const record = this.#records[block];
    if (record === undefined) throw new RangeError(`${this.#shape.names[block]} has not ended`);
    return record;
  }

  #unsettled(blocks: readonly number[]): readonly BlockName[] {
    let names: BlockName[] | null = null;
    for (const block of blocks) {
      if (this.#records[block] !== undefined) continue;
      names ??= [];
      names.push(this.#of(this.#shape.names, block));
    }
    return names ?? nobody;
  }

  #forgetFrom(block: number): void {
    for (const known of [this.#before, this.#after, this.#contentAfter])
      known.length = Math.min(known.length, block);
  }

  #of<T>(list: readonly T[], block: number): T {
    const found = list[block];
    if (found === undefined) throw new RangeError(`no block ${block} in a walk through ${list.length}`);
    return found;
  }
}

const nobody: readonly never[] = [];
