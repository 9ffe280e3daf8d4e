// `--accept_code`: what is remembered of these blocks counts as made by the code that is there now. A run puts that on record; who
// only asks what a run would do hears the same answer, and nothing is written.
import type { BlockKey } from "../cache/key.ts";
import type { TaskRecord } from "../cache/record.ts";
import { accepted } from "../cache/remember.ts";
import type { BlockName, SampleId } from "../core/ids.ts";
import { wallClock } from "../system/clock.ts";

export interface Accepting {
  readonly blocks: readonly BlockName[];
  /** Those of the run. Results of other samples are nobody's business here: their author did not name them. */
  readonly samples: readonly SampleId[];
  readonly keys: ReadonlyMap<BlockName, BlockKey>;
  /** `user@host` */
  readonly by: string;
}

export interface Accepts {
  all(block: BlockName): readonly TaskRecord[];
  put(record: TaskRecord): void;
}

export function acceptCode(memory: Accepts, { blocks, samples, keys, by }: Accepting): void {
  if (blocks.length === 0) return;
  const ofRun = new Set(samples);
  const at = wallClock();
  for (const block of blocks) {
    const key = keys.get(block);
    if (key === undefined) continue;
    for (const record of memory.all(block)) {
      // A block over the dataset has one result, whichever the samples of the run are.
      const isMeant = record.sample === null || ofRun.has(record.sample);
      if (isMeant && record.key.code !== key.code) memory.put(accepted(record, key.code, { by, at }));
    }
  }
}
