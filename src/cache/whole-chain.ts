// A sample as it is remembered to have ended, whatever the pipeline is now: only where all that is remembered of it fits together.
// Of a run that was cut off, records of two versions of the pipeline may stand side by side.
import type { SampleId } from "../core/ids.ts";
import type { Memory } from "./memory.ts";
import type { TaskRecord } from "./record.ts";
import { type WalkShape, walkSample } from "./walk.ts";

/** By block, in the order of the pipeline; null where one has not ended well, or not on what those before it left. */
export function wholeChain(
  sample: SampleId,
  of: { readonly memory: Memory; readonly shape: WalkShape },
): readonly TaskRecord[] | null {
  const walk = walkSample(sample, of.shape);
  const records: TaskRecord[] = [];
  for (const [block, name] of of.shape.names.entries()) {
    const record = of.memory.get(name, sample);
    if (record?.outcome.kind !== "succeeded" || walk.before(block) !== record.key.before) return null;
    walk.settle(block, record);
    records.push(record);
  }
  return records;
}
