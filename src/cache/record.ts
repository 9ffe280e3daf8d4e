// What is remembered of a task that ended, and what it is compared with. Every room of the cache speaks in these; a field
// that one of them kept for itself would be lost with the next compaction.
import type { BlockName, Branded, Moment, SampleId } from "../core/ids.ts";
import type { FileRecord } from "../core/manifest.ts";
import type { SampleChanges } from "../core/sample.ts";

export type {
  CodePartChange,
  FieldChange,
  OutputReason,
  Reason,
  ReasonKind,
  SampleFieldChange,
} from "../core/reason.ts";

/** Stands for a text: equal where the texts are. Made by digest.ts, content.ts (for a sample that has nothing yet). */
export type Digest = Branded<string, "Digest">;

/** What a task was run with. Two tasks of one block and sample with the same parts would do the same. */
export interface KeyParts {
  /** Of the way keys are made, see key.ts. */
  readonly version: number;
  /** The block's options. */
  readonly options: Digest;
  /** What the block consists of. */
  readonly code: Digest;
  /** The sample as the block saw it. */
  readonly before: Digest;
}

/** Failures are never remembered. */
export type RememberedOutcome =
  | { readonly kind: "succeeded" }
  | { readonly kind: "issue"; readonly message: string };

/** Somebody said that a result is as good as one of the code that is there now. */
export interface Acceptance {
  /** `user@host` */
  readonly by: string;
  readonly at: Moment;
  /** The code that the task was really run with. */
  readonly code: Digest;
}

export interface TaskRecord {
  readonly block: BlockName;
  /** Null for a dataset block. */
  readonly sample: SampleId | null;
  readonly key: KeyParts;
  readonly outcome: RememberedOutcome;
  /** The config and statistics that it set. */
  readonly changes: SampleChanges;
  /** What it left: files that appeared or changed, folders that appeared. */
  readonly files: readonly FileRecord[];
  /** What earlier blocks had left and it removed. */
  readonly removed: readonly string[];
  /** Paths of those of its files that it found there and changed, and that no task had left: a user's, never to be removed. */
  readonly found: readonly string[];
  /** The sample after it, by what pipe itself counts (see content.ts), also where the pipeline has its own info. */
  readonly after: Digest;
  /** The run that it ran in: `003`. */
  readonly run: string;
  readonly at: Moment;
  readonly accepted: Acceptance | null;
}

/** One named part of what a block consists of, for KeyParts.code and for saying which part changed; see key.ts. */
export interface CodePart {
  /** What a person calls it: `class Simulate`, `function volume (src/geometry.ts)`, `./render.py`. */
  readonly name: string;
  readonly digest: Digest;
}
