// A checkpoint that cannot be used, in words: whose version it is, or what the system said, and what to do about it.
import { diagnostic, type Refusal, refuse, unable } from "../core/diagnostic.ts";
import type { Refused } from "../journal/header.ts";
import { FileError } from "../system/file-error.ts";

type OtherVersion = Extract<Refused, { kind: "newer" | "older" }>;

/** Guessing what a newer record means would be the one way to take a wrong result for a right one. */
export function otherVersion(path: string, why: OtherVersion): Refusal {
  const writer = `${why.kind === "newer" ? "a newer" : "an older"} pipe${why.tool === null ? "" : ` (${why.tool})`}`;
  return refuse(
    diagnostic(
      `${why.kind}-checkpoint`,
      `the dataset's checkpoint was written by ${writer}, which this one cannot read`,
      {
        notes: [
          why.version === why.known
            ? `the records in \`${path}\` are written in a way that this pipe does not know`
            : `\`${path}\` has format version ${why.version}, this pipe knows ${why.known}`,
          "nothing was changed",
        ],
        hint: "use that version of pipe, or move the checkpoint's files away to run every task again",
      },
    ),
  );
}

/** Runs what reads the checkpoint; what the system refuses becomes a `Refusal`. */
export function cannotReadCheckpoint<T>(dataPath: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const message = `what is remembered of \`${dataPath}\` cannot be read: ${error.code}`;
    const notes = [`the system said ${error.code} at \`${error.path}\``, "nothing was changed"];
    if (error.problem === "unreliable") {
      const hint = "try again in a minute; if it stays so, tell whoever runs the file server";
      throw unable(diagnostic("checkpoint-unreadable", message, { notes, hint }));
    }
    const hint = "make the file readable, or move it away to run every task again";
    throw refuse(diagnostic("checkpoint-unreadable", message, { notes, hint }));
  }
}
