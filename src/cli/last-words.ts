// What is printed, and which status is given, when a command was left by a throw. Three kinds of trouble that a person
// handles differently: what they wrote, what the machine did, and what we did wrong.

import { diagnostic, Refusal } from "../core/diagnostic.ts";
import { commit, version } from "../generated/version.ts";
import { coloursWanted, palette } from "../report/colour.ts";
import { bugDiagnostic } from "../report/say-bug.ts";
import { sayDiagnostics } from "../report/say-diagnostic.ts";
import { fileErrorDiagnostic } from "../report/say-file-error.ts";
import { isFileError } from "../system/file-error.ts";
import { userLines } from "../worker/what-was-thrown.ts";
import { type ExitStatus, exitStatus, statusOfFault } from "./exit-status.ts";

export interface LastWords {
  /** Ends with a newline. */
  readonly text: string;
  readonly status: ExitStatus;
}

export function lastWords(thrown: unknown, argv: readonly string[], isTerminal: boolean): LastWords {
  const colours = palette(coloursWanted({ flag: colourFlagIn(argv), isTerminal, environment: process.env }));
  if (thrown instanceof Refusal) {
    return {
      text: `${sayDiagnostics(thrown.diagnostics, colours)}\n`,
      status: statusOfFault(thrown.fault),
    };
  }
  const trouble = isFileError(thrown)
    ? fileErrorDiagnostic(thrown)
    : bugDiagnostic(thrown, {
        version,
        commit,
        machine: `${process.platform} ${process.arch}, Bun ${Bun.version}`,
        commandLine: argv,
      });
  return { text: `${sayDiagnostics([trouble], colours)}\n`, status: exitStatus.unable };
}

/**
 * What the user's own code threw where nobody waits for it, in a timer for instance: it ran when the pipeline file was
 * loaded, and is no reason to end a run. Null for everything else.
 */
export function strayWords(thrown: unknown, argv: readonly string[], isTerminal: boolean): string | null {
  if (!(thrown instanceof Error)) return null;
  const lines = userLines(thrown.stack ?? "");
  const [first = ""] = (thrown.stack ?? "").split("\n").filter((line) => line.trim().startsWith("at "));
  if (lines.length === 0 || lines[0] !== first.trim()) return null;
  const colours = palette(coloursWanted({ flag: colourFlagIn(argv), isTerminal, environment: process.env }));
  const { name, message } = thrown;
  const trouble = diagnostic(
    "stray-error",
    `the pipeline file threw outside of any task: ${name}: ${message}`,
    {
      notes: lines,
      hint: "it was started when the file was loaded, in the launcher too; whatever is to run belongs into a block",
    },
  );
  return `${sayDiagnostics([trouble], colours)}\n`;
}

/** The command line may be the very thing that is wrong, so this is asked of the bare words. */
export function colourFlagIn(argv: readonly string[]): boolean | null {
  const end = argv.indexOf("--");
  const words = end === -1 ? argv : argv.slice(0, end);
  const last = words.findLast((word) => /^--(no[-_])?color$/.test(word));
  return last === undefined ? null : last === "--color";
}
