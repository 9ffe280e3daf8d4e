// What others have left of late in the folders of the dataset, for who is to see it before a task begins there. On a shared
// filesystem another machine's names, sizes and contents come into sight only after a while, and in any order.
import { type SampleId, sampleFolderName } from "./ids.ts";
import type { FileRecord } from "./manifest.ts";

export interface Sight {
  /** As they must be seen; paths relative to DATA_PATH, a folder's with `/` behind it. */
  readonly files: readonly FileRecord[];
  /** Names under which nothing may be seen any more. */
  readonly gone: readonly string[];
}

/** Relative to DATA_PATH: a path in the sample's folder; null: in the dataset's own. */
export const pathInDataset = (sample: SampleId | null, path: string): string =>
  sample === null ? path : `${sampleFolderName(sample)}/${path}`;
