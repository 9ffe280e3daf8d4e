// Whether a pilot still lives. Silence is not death: a file server that hangs silences everybody. Slurm's word is not death
// either: a node that it has lost was seen working for minutes. Only both together make a pilot lost. Pure, so that an hour
// of trouble is a line of a test.
//
//   fresh ──silent──▶ late ──silent, and Slurm says it runs──▶ suspect (gets nothing new)
//     ▲                 │                                          │
//     └──────a word─────┴──────────────────────────────────────────┤
//                       └──Slurm: ended, forgotten─────────────────┴──▶ lost
import type { JobEnd } from "../client/states.ts";

/** What Slurm says of the job, as far as its life is concerned. */
export type SlurmWord =
  /** It was not asked since, or did not answer. */
  | { readonly kind: "unknown" }
  | { readonly kind: "alive" }
  /** For `since` seconds it has been saying so. */
  | { readonly kind: "ended"; readonly how: JobEnd; readonly since: number }
  /** It answers, twice at least and for `since` seconds, and knows no such job. */
  | { readonly kind: "unlisted"; readonly since: number };

export type Lease =
  | { readonly kind: "fresh" }
  | { readonly kind: "late" }
  | { readonly kind: "suspect" }
  | { readonly kind: "lost" };

/** @param silent seconds since its last word. All times are divided by `patience` before they are compared. */
export function leaseOf(silent: number, word: SlurmWord, patience: number): Lease {
  const quiet = silent / patience;
  if (word.kind === "ended") {
    const since = word.since / patience;
    const enough = Math.min(quiet, since) >= (processIsGone(word.how) ? drain.gone : drain.maybe);
    if (enough) return { kind: "lost" };
  }
  if (word.kind === "unlisted" && word.since / patience >= 60 && quiet >= 300) return { kind: "lost" };
  if (quiet < limits.late) return { kind: "fresh" };
  return quiet >= limits.suspect && word.kind !== "ended" ? { kind: "suspect" } : { kind: "late" };
}

/** Seconds. A pilot gives a sign of life every 15. */
export const limits = { late: 60, suspect: 180 } as const;

/** Seconds for last words to arrive: where the process is surely gone, all that it has written is there already. */
const drain = { gone: 3, maybe: 60 } as const;

function processIsGone(how: JobEnd): boolean {
  switch (how) {
    case "completed":
    case "failed":
    case "timeout":
    case "out-of-memory":
    case "cannot-start":
    case "boot-fail":
      return true;
    // The node may be out of reach, and what runs there with it.
    case "node-fail":
    case "cancelled":
    case "preempted":
    case "deadline":
      return false;
  }
}
