// What is wrong with something that a person wrote: what, where, why it matters, what to type next.
// Facts only; report/say-diagnostic.ts makes the text, `--json` prints the facts.

/** A place in a text file. Lines and columns count from 1, `length` in characters. */
export interface Place {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  /** The line itself, where it is known, without its newline. */
  readonly text: string | null;
  readonly length: number;
}

export interface Diagnostic {
  /** A stable word for programs: `unknown-flag`, `toml-syntax`, … */
  readonly code: string;
  /** One line, lower case, no full stop: enough on its own. */
  readonly message: string;
  readonly place: Place | null;
  /** Further lines of explanation. */
  readonly notes: readonly string[];
  /** What to type or change. */
  readonly hint: string | null;
}

export function diagnostic(
  code: string,
  message: string,
  more: { place?: Place; notes?: readonly string[]; hint?: string } = {},
): Diagnostic {
  return {
    code,
    message,
    place: more.place ?? null,
    notes: more.notes ?? [],
    hint: more.hint ?? null,
  };
}

/** Who has to act, and thereby the exit status: `user` 2, `environment` 3. */
export type Fault = "user" | "environment";

/** Thrown by whoever cannot go on; carries all mistakes that were found, not only the first. */
export class Refusal extends Error {
  readonly fault: Fault;
  readonly diagnostics: readonly Diagnostic[];
  constructor(fault: Fault, diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => d.message).join("; "));
    this.name = "Refusal";
    this.fault = fault;
    this.diagnostics = diagnostics;
  }
}

/** The user's to mend: exit status 2, nothing was started. */
export const refuse = (...diagnostics: readonly Diagnostic[]): Refusal => new Refusal("user", diagnostics);
/** The machine's or the cluster's: exit status 3. */
export const unable = (...diagnostics: readonly Diagnostic[]): Refusal =>
  new Refusal("environment", diagnostics);
