// Which samples a block over the dataset was run on, short enough to be kept: so that it can be said later which of them are
// other ones now. The text that its key is made of would be ten times as long.
//
//   {"v":1,"files":{"sheet.png":"SHA256"},"samples":"0-3,7","ends":"q9X_2ak3Lm0P…"}     six characters for each sample
import { type SampleId, sampleFolderName } from "../core/ids.ts";
import { isObject } from "../core/json.ts";
import type { FieldChange, SampleFieldChange } from "../core/reason.ts";
import { rangesOf, samplesIn } from "../core/sample-ranges.ts";
import { parseJson } from "../journal/header.ts";
import { changesBetween } from "./canonical-fields.ts";
import type { DatasetContent } from "./dataset-content.ts";
import type { Digest } from "./record.ts";

/** A dataset as far as it is kept: `samples` has the beginnings of the digests that `DatasetContent` has. */
export interface Roll {
  readonly samples: ReadonlyMap<SampleId, string>;
  readonly files: ReadonlyMap<string, string>;
}

/** 36 bits: by accident one change of 69 thousand million is not named; what runs is decided by the whole digest. */
const kept = 6;

export function rollOf({ samples, files }: DatasetContent): Roll {
  const begins = [...samples].map(([id, end]): [SampleId, string] => [id, begin(end)]);
  return { samples: new Map(begins.sort(([a], [b]) => a - b)), files };
}

export function rollText({ samples, files }: Roll): string {
  return JSON.stringify({
    v: 1,
    files: Object.fromEntries(files),
    samples: rangesOf([...samples.keys()]),
    ends: [...samples.values()].join(""),
  });
}

/** Null where it is no such text, or one of a later version. */
export function rollIn(text: string): Roll | null {
  const value = parseJson(text);
  if (!isObject(value) || value.v !== 1) return null;
  const { samples, ends, files } = value;
  if (typeof samples !== "string" || typeof ends !== "string" || !isObject(files)) return null;
  const ids = samplesIn(samples);
  if (ids === null || ids.length * kept !== ends.length) return null;
  return {
    samples: new Map(ids.map((id, index) => [id, ends.slice(index * kept, (index + 1) * kept)])),
    files: new Map(Object.entries(files).map(([path, sha256]) => [path, String(sha256)])),
  };
}

/** Samples that are new, gone, or not as they were; then files of blocks over the dataset. */
export function rollChanges(old: Roll, now: Roll): readonly SampleFieldChange[] {
  const as = (what: SampleFieldChange["what"]) => (change: FieldChange) => ({ what, ...change });
  return [
    ...changesBetween(named(old), named(now)).map(as("sample")),
    ...changesBetween(old.files, now.files).map(as("file")),
  ];
}

const named = ({ samples }: Roll): ReadonlyMap<string, string> =>
  new Map([...samples].map(([id, end]) => [sampleFolderName(id), end]));

/** Of a sample that no block has touched the digest is its ID, which may be shorter. */
const begin = (end: Digest): string => end.slice(0, kept).padEnd(kept, "-");
