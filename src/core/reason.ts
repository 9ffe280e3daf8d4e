// Why a task has to run: made by the cache where it decides, told by the report, printed by `--json`. Whoever explains
// prints these; a second copy of the rules beside the decision would sooner or later say something else.
import type { BlockName } from "./ids.ts";

/** Old beside new, printed as a person reads it (`0.2`, `"fine"`, `2024-05-01T00:00:00.000Z`); null: there is none. */
export interface FieldChange {
  /** `size`, `mesh.layers[2]`, `RandomScene_0.stiffness`, `frames/f3.png`. */
  readonly path: string;
  readonly old: string | null;
  readonly new: string | null;
}

/**
 * What of the sample: a config value, a statistic, a file (by its sha256), or a field of the pipeline's own info. Of a dataset:
 * a file, or one of its samples (by what stands for how it ended).
 */
export interface SampleFieldChange extends FieldChange {
  readonly what: "config" | "statistic" | "file" | "info" | "sample";
}

/** A statement of the bundle (the block's class, a helper, a constant), an argument, or a watched file. */
export interface CodePartChange {
  readonly name: string;
  readonly how: "changed" | "added" | "removed";
}

/** What is wrong with the files that a task left behind. Paths are relative to the sample's (or dataset's) folder. */
export type OutputReason =
  | { readonly kind: "output-missing"; readonly files: readonly string[] }
  /** Its content is no longer what the task wrote. */
  | { readonly kind: "output-changed"; readonly files: readonly string[] }
  /** Something else lies where the task's file was. */
  | {
      readonly kind: "output-replaced";
      readonly files: readonly { readonly path: string; readonly by: "link" | "folder" | "file" | "other" }[];
    };

/** The files that such a reason is about. */
export const pathsIn = ({ files }: OutputReason): readonly string[] =>
  files.map((file) => (typeof file === "string" ? file : file.path));

export type Reason =
  /** Nothing is remembered of this block on this sample. */
  | { readonly kind: "never-run" }
  | { readonly kind: "caching-disabled" }
  /** By `--force_run_blocks`: named there, or behind a block that is. */
  | { readonly kind: "forced"; readonly follows: BlockName | null }
  /** By `--retry_issues`; the issue that was remembered. */
  | { readonly kind: "issue-retried"; readonly message: string }
  /** What is remembered cannot be read. */
  | { readonly kind: "record-unreadable"; readonly problem: string }
  /** It was remembered by a version of pipe that made keys of other things. */
  | { readonly kind: "key-version"; readonly old: number; readonly new: number }
  /** `fields` is null where what they were is no longer known. */
  | { readonly kind: "options-changed"; readonly fields: readonly FieldChange[] | null }
  | { readonly kind: "code-changed"; readonly parts: readonly CodePartChange[] | null }
  | { readonly kind: "sample-changed"; readonly fields: readonly SampleFieldChange[] | null }
  /** Asked before the run: blocks before it run, and nobody knows yet what they leave. */
  | { readonly kind: "runs-before"; readonly blocks: readonly BlockName[] }
  | OutputReason;

export type ReasonKind = Reason["kind"];
