// Whether all tasks of a sample stand, told at a glance: the text of a record begins with its key, so where all is as it was
// nothing needs to be parsed. In a start with nothing to do this is asked a hundred thousand times.
//
// It says "stands" or nothing. What is not plain to see (an issue, an accepted result, a file that a later block removed) is for
// `judge` to find out, which also knows the reasons.
import type { BlockName, SampleId } from "../core/ids.ts";
import type { FileRecord } from "../core/manifest.ts";
import { taskLineBegin } from "./checkpoint-lines.ts";
import { digestOfFresh, isDigest } from "./digest.ts";
import { type BlockKey, keyOf } from "./key.ts";
import type { Digest } from "./record.ts";
import { filesInText, recordBegin } from "./record-text.ts";
import type { WalkShape } from "./walk.ts";

export interface Glanced {
  /** What the tasks left, all of it to be there now; null where only `judge` can tell. Worked out when it is asked for. */
  files(): readonly FileRecord[] | null;
}

interface GlanceBlock {
  readonly name: BlockName;
  readonly key: BlockKey;
  /** The one block that its sample comes from; null for a fresh sample. */
  readonly from: number | null;
}

export class Glance {
  readonly #blocks: readonly GlanceBlock[];

  private constructor(blocks: readonly GlanceBlock[]) {
    this.#blocks = blocks;
  }

  /** Null where what a block sees comes from several blocks: then its digest has to be worked out. */
  static of(shape: WalkShape, keys: ReadonlyMap<BlockName, BlockKey>): Glance | null {
    const blocks: GlanceBlock[] = [];
    for (const [block, name] of shape.names.entries()) {
      const key = keys.get(name);
      const [from = null, ...others] = shape.predecessors[block] ?? [];
      if (key === undefined || others.length > 0) return null;
      blocks.push({ name, key, from });
    }
    return new Glance(blocks);
  }

  /**
   * At the first `count` blocks on this sample. `line`: what is remembered of a block on it. Null where it is not plain to see
   * that all of them stand.
   */
  at(sample: SampleId, count: number, line: (block: BlockName) => string | null): Glanced | null {
    const after: Digest[] = [];
    const rests: string[] = [];
    for (const { name, key, from } of this.#blocks.slice(0, count)) {
      const text = line(name);
      const before = from === null ? digestOfFresh(sample) : after[from];
      if (text === null || before === undefined) return null;
      const begin = taskLineBegin(name, sample) + recordBegin(keyOf(key, before));
      if (!text.startsWith(begin)) return null;
      const end = text.indexOf('"', begin.length);
      const digest = text.slice(begin.length, end);
      const rest = text.slice(end + 1);
      if (!isDigest(digest) || unusual.some((field) => rest.includes(field))) return null;
      after.push(digest);
      rests.push(rest);
    }
    return { files: () => filesOf(rests) };
  }
}

/** A value of that name, deep in a config, only costs the long way. */
const unusual = ['"issue":', '"removed":', '"accepted":'];

/** Of files that several tasks wrote it matters which of them was the last. */
function filesOf(rests: readonly string[]): readonly FileRecord[] | null {
  const all: FileRecord[] = [];
  const paths = new Set<string>();
  for (const rest of rests) {
    const files = filesInText(rest);
    if (files === null) return null;
    for (const file of files) {
      if (paths.has(file.path)) return null;
      paths.add(file.path);
      all.push(file);
    }
  }
  return all;
}
