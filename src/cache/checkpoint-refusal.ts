// A checkpoint that cannot be used, in words: whose version it is, or what the system said, and what to do about it.
import { statSync } from "node:fs";
import { diagnostic, type Refusal, refuse, unable } from "../core/diagnostic.ts";
import { shellCommand } from "../core/shell-word.ts";
import type { Refused } from "../journal/header.ts";
import { inTheWay, sayInTheWay } from "../rundir/in-the-way.ts";
import { FileError, onFile } from "../system/file-error.ts";

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
    const way = inTheWay(error);
    if (way !== null) {
      const said = sayInTheWay(error, way);
      const untouched = [...said.notes, "nothing was changed"];
      throw refuse({ ...said, code: "checkpoint-unreadable", notes: untouched });
    }
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

/** A pipe under a segment's name would be waited for: nobody ever writes into it. @throws Refusal */
export function refuseNoFile(path: string): void {
  const facts = onFile("status", path, () => statSync(path, { throwIfNoEntry: false }));
  // What is gone, or a folder, is told by whoever opens it.
  if (facts === undefined || facts.isFile() || facts.isDirectory()) return;
  const kind = facts.isFIFO() ? "a named pipe" : facts.isSocket() ? "a socket" : "a device";
  throw refuse(
    diagnostic("checkpoint-no-file", `\`${path}\` is ${kind}, where the checkpoint's file should be`, {
      notes: ["nothing was changed"],
      hint: `move it away, and what stood there runs again: ${shellCommand(["mv", path, `${path}.moved`])}`,
    }),
  );
}
