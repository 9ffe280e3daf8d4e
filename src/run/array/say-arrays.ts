// Array jobs that cannot be, or that do nothing, in words for the user.
import { type Diagnostic, diagnostic } from "../../core/diagnostic.ts";
import { mostLosses } from "./losses.ts";
import type { Refused } from "./submit-batches.ts";

export function refusedArray({ message, explanation, hint }: Refused): Diagnostic {
  return diagnostic("submission-refused", `Slurm refuses the jobs: ${explanation}`, {
    notes: [`it says: ${message}`],
    hint,
  });
}

export const nothingWorks = (lost: readonly string[]): Diagnostic =>
  diagnostic("no-worker", `${lost.length} jobs have ended without a word of their task, and none with one`, {
    notes: lost.slice(0, mostLosses),
    hint: "`pipe doctor` tries on a node what jobs need; submit_scripts/ has what was submitted and what was printed",
  });
