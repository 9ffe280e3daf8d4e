// Which names and methods are given another value somewhere than the one that they begin with. `let log = () => {}` says
// nothing about a call of `log` where `log = report` stands further down. The text is scanned, not parsed: names that only look
// as if they were assigned (a field, an argument with a default) cost nothing but precision.
import type { BundleCode, Piece } from "./pieces.ts";

const operator = String.raw`(?:\*\*|<<|>>>?|&&|\|\||\?\?|[-+*/%&|^])?=(?![=>])`;
const word = String.raw`[\w$\u0080-\uffff]+`;

const assignments = new RegExp(
  String.raw`(\b(?:var|let|const)\s+)?(?<![.\w$\u0080-\uffff])(${word})\s*${operator}`,
  "g",
);
/** `[log, warn] = …`, `({ log } = …)`, `for (log of …)`: all words in there. */
const patterns = /(\b(?:var|let|const)\s+)?([[{][^[\]{}();=]*[\]}])\s*=(?![=>])/g;
const loops = new RegExp(String.raw`\bfor\s*(?:await\s*)?\((${word})\s+(?:of|in)\b`, "g");
/** `out.log = …`, also where it is `this.out.log`; `exports.log = …` of a package puts it into nobody's object. */
const methods = new RegExp(
  String.raw`(?:((?<![.\w$\u0080-\uffff])${word})|[)\]\w$])(?:\.(${word})|\[["'](${word})["']\])\s*${operator}`,
  "g",
);
const patched = new RegExp(
  String.raw`\b(?:assign|defineProperty|defineProperties|setPrototypeOf|set)\((${word})\b|(${word})\[[^\]\n]*\]\s*=(?![=>])`,
  "g",
);

/** Of variables that are declared together, only the first piece says how. */
const declares = /^(?:var|let|const) /;

export class Assigned {
  readonly #pieces: readonly Piece[];
  readonly #byFile = new Map<string, ReadonlySet<string>>();
  #methods: ReadonlySet<string> | null = null;
  #patched: ReadonlySet<string> | null = null;

  constructor(bundle: BundleCode) {
    this.#pieces = bundle.pieces;
  }

  /** Whether a variable of the top level may be: only its own file can do that. */
  name(name: string, file: string): boolean {
    const known = this.#byFile.get(file) ?? assignedIn(this.#textOf(file));
    this.#byFile.set(file, known);
    return known.has(name);
  }

  /** Whether somebody, anywhere, puts something into a field of this name. */
  method(name: string): boolean {
    return this.#puts().has(name);
  }

  /** Whether somebody puts something into this field of this object, as far as it is called by its name. */
  member(object: string, name: string): boolean {
    return this.object(object) || this.#puts().has(`${object}.${name}`);
  }

  /** Whether fields whose names are not seen are put into the object of this name. */
  object(name: string): boolean {
    this.#patched ??= new Set(this.#found(patched).map(([, first, second]) => first ?? second ?? ""));
    return this.#patched.has(name);
  }

  #textOf(file: string): string {
    return this.#pieces
      .filter((piece) => piece.file === file && piece.kind !== "data")
      .map(({ kind, text }) => (kind === "variable" && !declares.test(text) ? `var ${text}` : text))
      .join("\n");
  }

  #puts(): ReadonlySet<string> {
    if (this.#methods !== null) return this.#methods;
    const found = new Set<string>();
    for (const [, object, field, quoted] of this.#found(methods)) {
      const name = field ?? quoted ?? "";
      if (object !== undefined) found.add(`${object}.${name}`);
      if (object === undefined || !/^exports\d*$/.test(object)) found.add(name);
    }
    this.#methods = found;
    return found;
  }

  #found(pattern: RegExp): readonly RegExpExecArray[] {
    return this.#pieces.flatMap(({ kind, text }) => (kind === "data" ? [] : [...text.matchAll(pattern)]));
  }
}

function assignedIn(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, declared, name] of text.matchAll(assignments))
    if (declared === undefined && name !== undefined) found.add(name);
  for (const [, declared, pattern] of text.matchAll(patterns)) {
    if (declared !== undefined) continue;
    for (const [name] of (pattern ?? "").matchAll(new RegExp(word, "g"))) found.add(name);
  }
  for (const [, name] of text.matchAll(loops)) if (name !== undefined) found.add(name);
  return found;
}
