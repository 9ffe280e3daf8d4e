// Every way a task can fail, with the facts that explain it. No sentence is made here: report/say-failure.ts
// turns a variant into words, `--json` prints the facts.
import type { Bytes, Seconds } from "./ids.ts";

export type Failure =
  /** The block's code threw something that is no SampleIssue. */
  | {
      readonly kind: "exception";
      readonly name: string;
      readonly message: string;
      /** Lines of the stack in the user's own files, mapped back to the source; outermost last. */
      readonly stack: readonly string[];
    }
  /** The block's code ended its process itself. */
  | { readonly kind: "exited"; readonly status: number }
  /** The process that ran the block's code was ended by a signal (a segfault in native code, the OOM killer, a person). */
  | { readonly kind: "killed"; readonly signal: string }
  | { readonly kind: "command-status"; readonly program: string; readonly status: number }
  | { readonly kind: "command-signal"; readonly program: string; readonly signal: string }
  | {
      readonly kind: "cannot-start";
      readonly program: string;
      readonly why:
        | "not-found"
        | "not-executable"
        | "bad-format"
        | "arguments-too-long"
        | "no-folder"
        | "other";
      /** What the operating system said: `ENOENT`, `EACCES`, … */
      readonly code: string;
    }
  | { readonly kind: "timeout"; readonly limit: Seconds }
  /** `peak` is what was seen last; `limit` what the block had asked for. */
  | { readonly kind: "out-of-memory"; readonly limit: Bytes | null; readonly peak: Bytes | null }
  /** What a command left in PIPE_RESULT cannot be used. */
  | { readonly kind: "bad-result"; readonly problem: string; readonly excerpt: string }
  /** A persistent command ended while it had a sample, or before it could be given one. */
  | {
      readonly kind: "persistent-died";
      readonly program: string;
      readonly status: number | null;
      readonly signal: string | null;
    }
  /** A persistent command answered with a line that cannot be used. */
  | {
      readonly kind: "bad-answer";
      readonly program: string;
      readonly problem: string;
      readonly excerpt: string;
    }
  /** `{sample.config.Mesh_0.size}` names something that this sample does not have. */
  | { readonly kind: "no-such-value"; readonly placeholder: string; readonly known: readonly string[] }
  | { readonly kind: "input-missing"; readonly patterns: readonly string[] }
  | { readonly kind: "output-missing"; readonly patterns: readonly string[] }
  /** An earlier attempt has changed what the task `block` before it left: this one would work on half-done work. */
  | { readonly kind: "spoilt"; readonly block: string; readonly files: readonly string[] }
  /** A value given to setConfig, addStatistic or write that JSON cannot carry. `path` names the field. */
  | { readonly kind: "bad-value"; readonly path: string; readonly problem: string }
  /** The filesystem refused what the task or its worker had to write. */
  | { readonly kind: "cannot-write"; readonly path: string; readonly code: string }
  /** The worker could not load the bundled pipeline. */
  | { readonly kind: "cannot-load"; readonly message: string }
  /** The place where it ran is gone; nobody knows how far it came. */
  | { readonly kind: "worker-lost"; readonly worker: string; readonly why: string }
  /** It was ended because the run was, or its place gave it back without beginning it. */
  | { readonly kind: "cancelled" };

export type FailureKind = Failure["kind"];

/** Who is to blame decides whose budget pays: the task's `retries`, or the patience with lost places. */
export function blame(failure: Failure): "task" | "place" | "nobody" {
  switch (failure.kind) {
    case "worker-lost":
      return "place";
    case "cancelled":
      return "nobody";
    default:
      return "task";
  }
}
