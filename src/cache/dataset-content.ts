// What a block over the whole dataset sees: its valid samples as they ended, and the files that dataset blocks before it left.
import type { SampleId } from "../core/ids.ts";
import { sampleFolderName } from "../core/ids.ts";
import { canonicalJson } from "./canonical-json.ts";
import { type Left, withFiles } from "./content.ts";
import { digestOf } from "./digest.ts";
import type { Digest } from "./record.ts";
import { Walk, type WalkShape } from "./walk.ts";

export interface DatasetContent {
  /** Of each valid sample, how it ended: `Walk.end()`. */
  readonly samples: ReadonlyMap<SampleId, Digest>;
  readonly files: ReadonlyMap<string, string>;
}

export function walkDataset(samples: ReadonlyMap<SampleId, Digest>, shape: WalkShape): Walk<DatasetContent> {
  return new Walk<DatasetContent>(shape, {
    fresh: () => ({ samples, files: new Map() }),
    after: afterDatasetTask,
    digest: (content) => digestOf(datasetText(content)),
  });
}

/** Canonical: fields are `samples["000042"]` and `files["sheet.png"]`. 55 bytes a sample. */
export function datasetText({ samples, files }: DatasetContent): string {
  const named = [...samples].map(([id, digest]) => [sampleFolderName(id), digest] as const);
  return canonicalJson({ files: Object.fromEntries(files), samples: Object.fromEntries(named) });
}

function afterDatasetTask(content: DatasetContent, left: Left): DatasetContent {
  return { samples: content.samples, files: withFiles(content.files, left) };
}
