// Files that stay although their task runs again, in words: what somebody changed by hand is never removed in silence,
// and never silently taken for a result either.
import type { KeptOutput } from "../cache/old-outputs.ts";
import { type SampleId, sampleFolderName } from "../core/ids.ts";
import { never } from "../core/never.ts";

export function keptWarning(
  kept: readonly KeptOutput[],
  sample: SampleId | null,
): { readonly message: string; readonly hint: string | null } {
  const where = sample === null ? "the dataset's folder" : `sample ${sampleFolderName(sample)}`;
  const shown = kept.slice(0, 3).map(({ path, why }) => `${path} (${words(why)})`);
  const more = kept.length > shown.length ? `, and ${kept.length - shown.length} more` : "";
  const stay = kept.some(({ why }) => why.kind !== "moved");
  return {
    message: `in ${where} files of an earlier run are not removed before their task runs again: ${shown.join(", ")}${more}`,
    hint: stay ? "the task may write over them: copy away what you need of them" : null,
  };
}

function words(why: KeptOutput["why"]): string {
  switch (why.kind) {
    case "changed":
      return "changed by hand";
    case "moved":
      return `changed since it was written; it is ${why.to} now`;
    case "replaced":
      return `now a ${why.by}`;
    case "outside":
      return "not a task's to remove";
    case "refused":
      return `could not be removed: ${why.code}`;
    case "in-sight":
      return `in sight of a task that would not see it the first time: ${why.code}`;
    default:
      return never(why);
  }
}
