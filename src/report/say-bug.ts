// What to say when something was thrown that nobody expected. It says that it is our fault, and carries all that a
// report of it needs; without that, people would look for the mistake in their own pipeline.

import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";

export interface BugCircumstances {
  readonly version: string;
  readonly commit: string;
  /** Machine and runtime: `linux x64, Bun 1.4.5`. */
  readonly machine: string;
  readonly commandLine: readonly string[];
}

export function bugDiagnostic(thrown: unknown, where: BugCircumstances): Diagnostic {
  const commit = where.commit === "" ? "" : ` (${where.commit.slice(0, 12)})`;
  return diagnostic("bug", `this is a bug in pipe ${where.version}${commit} on ${where.machine}`, {
    notes: [`command line: ${JSON.stringify(where.commandLine)}`, ...traceOf(thrown)],
    hint: "please report it with these lines; a run that was started can be looked at with `pipe status`",
  });
}

/** The stack with those of its causes; a thrown value that is no error as it would be printed. */
function traceOf(thrown: unknown, depth = 0): string[] {
  if (!(thrown instanceof Error)) return [`thrown: ${String(thrown)}`];
  const head = `${thrown.name}: ${thrown.message}`;
  const stack = thrown.stack ?? "";
  const lines = stack.includes(thrown.message) ? stack.split("\n") : [head, ...stack.split("\n")];
  const cause =
    thrown.cause === undefined || depth > 4 ? [] : ["caused by", ...traceOf(thrown.cause, depth + 1)];
  return [...lines.filter((line) => line.trim() !== ""), ...cause];
}
