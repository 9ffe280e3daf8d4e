// A record from a task that ended: the only place where one is made, so that nothing of it can be forgotten.
import type { Moment } from "../core/ids.ts";
import type { Manifest } from "../core/manifest.ts";
import type { SampleChanges } from "../core/sample.ts";
import type { TaskName } from "../core/task.ts";
import type { Left } from "./content.ts";
import type { Digest, KeyParts, RememberedOutcome, TaskRecord } from "./record.ts";

export interface EndedTask extends TaskName {
  /** That it was given when it started, not one that was made afterwards. */
  readonly key: KeyParts;
  readonly outcome: RememberedOutcome;
  readonly changes: SampleChanges;
  /** With the contents read; `found` only with what no task had left. */
  readonly manifest: Manifest;
  readonly run: string;
  readonly at: Moment;
}

/** `after` is the walk's: `(left) => walk.afterLeft(block, left)`. */
export function recordOf(ended: EndedTask, after: (left: Left) => Digest): TaskRecord {
  const { block, sample, key, outcome, changes, run, at } = ended;
  const { files, removed, found } = ended.manifest;
  const digest = after({ block, changes, files, removed });
  const left = { changes, files, removed, found, after: digest };
  return { block, sample, key, outcome, ...left, run, at, accepted: null };
}

/** Takes a result for one of `code`, and leaves a trace of who said so; the code that it was really made with stays known. */
export function accepted(
  record: TaskRecord,
  code: Digest,
  trace: { readonly by: string; readonly at: Moment },
): TaskRecord {
  const made = record.accepted?.code ?? record.key.code;
  if (code === made) return { ...record, key: { ...record.key, code }, accepted: null };
  return { ...record, key: { ...record.key, code }, accepted: { ...trace, code: made } };
}
