// A checkpoint that has suffered, in words: what was lost of it is run again, and nobody should wonder why.
import { basename } from "node:path";
import type { CheckpointFindings } from "../cache/checkpoint-read.ts";
import { count } from "../report/amounts.ts";

/** Whether records may be missing that came to the disk: then older ones may stand again. */
export const isDamaged = ({ damaged, unreadable }: CheckpointFindings): boolean =>
  damaged > 0 || unreadable.length > 0;

export function damageWarning(
  findings: CheckpointFindings,
): { readonly message: string; readonly hint: string | null } | null {
  if (!isDamaged(findings)) return null;
  const { damaged, unreadable } = findings;
  const parts = [
    ...(damaged > 0 ? [count(damaged, "damaged line")] : []),
    ...(unreadable.length > 0
      ? [
          `${count(unreadable.length, "file")} that cannot be read (${unreadable.map((path) => `runinfo/${basename(path)}`).join(", ")})`,
        ]
      : []),
  ];
  return {
    message: `the checkpoint has ${parts.join(" and ")}: what stood there is not remembered and runs again`,
    hint: "if it happens again, look at the disk or the file server",
  };
}
