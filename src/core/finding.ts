// One thing that `pipe doctor` looked at: how it is, what that means, and what to change. Facts and words together,
// because each kind of place knows best what its findings mean; how they are laid out is report/'s.
import type { Place } from "./diagnostic.ts";

export interface Finding {
  /** A stable word for programs: `dataset-writable`, `worker-init`, … */
  readonly code: string;
  readonly verdict: Verdict;
  /** One line, lower case, no full stop. */
  readonly message: string;
  /** Further lines: what a program printed, what else is known. */
  readonly notes: readonly string[];
  /** What to type or change. */
  readonly hint: string | null;
  /** The line that is meant, where it is known. */
  readonly place: Place | null;
}

export type Verdict =
  | "ok"
  /** Runs may work all the same. */
  | "warn"
  /** Runs will fail: exit status 1. */
  | "fail"
  /** Slurm, or what stands in its place, could not do what it was asked: exit status 3. */
  | "unable";

export function finding(
  code: string,
  verdict: Verdict,
  message: string,
  more: { readonly notes?: readonly string[]; readonly hint?: string; readonly place?: Place | null } = {},
): Finding {
  const { notes = [], hint = null, place = null } = more;
  return { code, verdict, message, notes, hint, place };
}

/** A program that some blocks need. */
export interface WantedProgram {
  /** As it is written: a name that is looked for on the PATH, or an absolute path. */
  readonly program: string;
  /** Who needs it. */
  readonly blocks: readonly string[];
  /** Where it is asked for, where that is known. */
  readonly place: Place | null;
}
