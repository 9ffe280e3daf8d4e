// Where each key and each value of a TOML text stands. The parser that we use forgets it, and "`time` has no unit" without
// a line sends people searching through their file.
//
// It walks over any text, also a broken one, and never fails: what it does not understand is skipped to the end of the
// line. Whether the text is TOML at all is the parser's business.

/** Keys and indices from the top: `["block", 0, "time"]`. */
export type TomlPath = readonly (string | number)[];

/** A stretch of the text, in UTF-16 units from 0. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

export interface TomlEntry {
  readonly path: TomlPath;
  /** The key, or the last part of a dotted one. */
  readonly key: Span;
  /** null for a table that is only opened by its header or a dotted key. */
  readonly value: Span | null;
}

export interface TomlPlaces {
  /** Keys and array elements in the order of the text. */
  readonly entries: readonly TomlEntry[];
  find(path: TomlPath): TomlEntry | null;
}

export function tomlPlaces(text: string): TomlPlaces {
  const walk = new Walk(text);
  walk.document();
  const byPath = new Map<string, TomlEntry>();
  // The first that has the path is the one that the parser took; a second one is an error of its own.
  for (const entry of walk.entries) {
    const path = JSON.stringify(entry.path);
    if (!byPath.has(path)) byPath.set(path, entry);
  }
  return { entries: walk.entries, find: (path) => byPath.get(JSON.stringify(path)) ?? null };
}

interface Key {
  readonly name: string;
  readonly span: Span;
}

/** Deeper than this nobody nests; a text of a million brackets must not end our own stack. */
const deepest = 100;

class Walk {
  readonly entries: TomlEntry[] = [];
  readonly #text: string;
  #at = 0;
  #table: TomlPath = [];
  /** How many elements an array of tables has so far. */
  readonly #counts = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    while (this.#at < this.#text.length) {
      this.#skip(/[\s\ufeff]*/y);
      const before = this.#at;
      if (this.#peek() === "[") this.#header();
      else if (this.#peek() !== "#") this.#assignment(this.#table, 0);
      this.#skip(/[^\n]*\n?/y);
      if (this.#at === before) this.#at++;
    }
  }

  #header(): void {
    const isArray = this.#text.startsWith("[[", this.#at);
    this.#at += isArray ? 2 : 1;
    const keys = this.#dottedKey();
    const last = keys.pop();
    if (last === undefined) return;
    let path: TomlPath = [];
    for (const key of keys) {
      path = [...path, key.name];
      this.#note(path, key.span, null);
      path = this.#intoArray(path);
    }
    path = [...path, last.name];
    if (isArray) {
      this.#note(path, last.span, null);
      const id = JSON.stringify(path);
      const count = this.#counts.get(id) ?? 0;
      this.#counts.set(id, count + 1);
      path = [...path, count];
    } else path = this.#intoArray(path);
    this.#note(path, last.span, null);
    this.#table = path;
  }

  /** `[block.environment]` is meant for the last `[[block]]`. */
  #intoArray(path: TomlPath): TomlPath {
    const count = this.#counts.get(JSON.stringify(path));
    return count === undefined ? path : [...path, count - 1];
  }

  #assignment(table: TomlPath, depth: number): void {
    const keys = this.#dottedKey();
    const last = keys.pop();
    if (last === undefined) return;
    let path = table;
    for (const key of keys) {
      path = [...path, key.name];
      this.#note(path, key.span, null);
    }
    path = [...path, last.name];
    this.#skip(blanks);
    if (this.#peek() !== "=") {
      this.#note(path, last.span, null);
      return;
    }
    this.#at++;
    this.#skip(blanks);
    const index = this.entries.length;
    const value = this.#value(path, depth);
    this.entries.splice(index, 0, { path, key: last.span, value });
  }

  #value(path: TomlPath, depth: number): Span {
    const offset = this.#at;
    const character = this.#peek();
    if (depth > deepest) this.#at = this.#text.length;
    else if (character === '"' || character === "'") this.#string(character);
    else if (character === "[") this.#array(path, depth);
    else if (character === "{") this.#inlineTable(path, depth);
    else this.#skip(/[^,\]}#\r\n]*/y);
    const raw = this.#text.slice(offset, this.#at);
    return { offset, length: raw.trimEnd().length };
  }

  #string(quote: '"' | "'"): void {
    const many = quote.repeat(3);
    if (this.#text.startsWith(many, this.#at)) {
      // Up to two quotes may stand directly before the three that end it.
      this.#skip(quote === '"' ? /"""(?:\\.|(?!""")[^\\])*(?:"{3,5})?/sy : /'''(?:(?!''').)*(?:'{3,5})?/sy);
    } else this.#skip(quote === '"' ? /"(?:\\.|[^"\\\r\n])*"?/y : /'[^'\r\n]*'?/y);
  }

  #array(path: TomlPath, depth: number): void {
    this.#at++;
    for (let index = 0; this.#at < this.#text.length; index++) {
      this.#skip(blanksAndComments);
      if (this.#take("]")) return;
      const before = this.#at;
      const at = this.entries.length;
      const value = this.#value([...path, index], depth + 1);
      this.entries.splice(at, 0, { path: [...path, index], key: value, value });
      this.#skip(blanksAndComments);
      if (!this.#take(",") && this.#at === before) this.#at++;
    }
  }

  #inlineTable(path: TomlPath, depth: number): void {
    this.#at++;
    while (this.#at < this.#text.length) {
      this.#skip(blanksAndComments);
      if (this.#take("}")) return;
      const before = this.#at;
      this.#assignment(path, depth + 1);
      this.#skip(blanksAndComments);
      if (!this.#take(",") && this.#at === before) this.#at++;
    }
  }

  /** `a."b.c".d`, with blanks around the dots. Empty where no key begins. */
  #dottedKey(): Key[] {
    const keys: Key[] = [];
    do {
      this.#skip(blanks);
      const key = this.#key();
      if (key === null) return keys;
      keys.push(key);
      this.#skip(blanks);
    } while (this.#take("."));
    return keys;
  }

  #key(): Key | null {
    const offset = this.#at;
    const quote = this.#peek();
    if (quote === '"' || quote === "'")
      this.#skip(quote === '"' ? /"(?:\\.|[^"\\\r\n])*"?/y : /'[^'\r\n]*'?/y);
    else this.#skip(/[A-Za-z0-9_-]+/y);
    const raw = this.#text.slice(offset, this.#at);
    if (raw === "") return null;
    const name = quote === '"' ? unescaped(raw) : raw.replace(/^'(.*?)'?$/s, "$1");
    return { name, span: { offset, length: raw.length } };
  }

  #note(path: TomlPath, key: Span, value: Span | null): void {
    this.entries.push({ path, key, value });
  }

  #peek(): string {
    return this.#text[this.#at] ?? "";
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    this.#at += pattern.exec(this.#text)?.[0].length ?? 0;
  }
}

const blanks = /[ \t]*/y;
const blanksAndComments = /(?:\s|#[^\n]*)*/y;

/** What a basic string stands for; as it is written where its escapes are wrong. */
function unescaped(raw: string): string {
  const inner = raw.slice(1).replace(/"$/, "");
  return inner.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (all, short, long, simple) => {
    const code = Number.parseInt(short ?? long ?? "", 16);
    if (!Number.isNaN(code)) return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    return simpleEscapes.get(simple) ?? all;
  });
}

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ["b", "\b"],
  ["t", "\t"],
  ["n", "\n"],
  ["f", "\f"],
  ["r", "\r"],
  ['"', '"'],
  ["\\", "\\"],
]);
