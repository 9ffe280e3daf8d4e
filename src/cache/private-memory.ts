// What is remembered, for who may go on as if more were, or less: nobody else hears of it, and nothing of it goes to the disk.
import type { BlockName, SampleId } from "../core/ids.ts";
import { textLine } from "./checkpoint-lines.ts";
import { lineOf, Memory, numberOf } from "./memory.ts";
import type { Digest, TaskRecord } from "./record.ts";

export class PrivateMemory extends Memory {
  put(record: TaskRecord): void {
    this.remembered.put(record.block, numberOf(record.sample), lineOf(record));
  }

  putText(of: Digest, text: string): void {
    this.remembered.putText(of, textLine(of, text));
  }

  forget(block: BlockName, sample: SampleId | null): void {
    this.remembered.forget(block, numberOf(sample));
  }
}
