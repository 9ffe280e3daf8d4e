// A canonical text read back, field by field, so that an old one and a new one can be laid beside each other. Two texts
// that differ always differ in a field here: otherwise somebody would be told that a task runs again for no reason.
import type { FieldChange } from "../core/reason.ts";
import { fieldName } from "./field-name.ts";

/** The text is none that canonical.ts makes. */
export class NotCanonical extends Error {
  override readonly name = "NotCanonical";
}

/**
 * What is in the text, by path (`mesh.layers[2]`, `["my size"]`, `by.get("a").x`), printed as a person reads it. What holds
 * others is not listed itself, except where only that tells its type: `forces` is `Float64Array(3)`, `forces[0]` is `0.5`.
 * The value itself has the path "" where it has no fields.
 * @throws NotCanonical
 */
export function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const reader = new Reader(text, (path, printed) => {
    fields.set(path.startsWith(".") ? path.slice(1) : path, printed);
  });
  reader.value("");
  reader.end();
  return fields;
}

/** In the order of the new text, what is gone at the end. @throws NotCanonical */
export function fieldChanges(old: string, now: string): readonly FieldChange[] {
  return changesBetween(fieldsOf(old), fieldsOf(now));
}

export function changesBetween(
  old: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  for (const [path, printed] of now) {
    const before = old.get(path) ?? null;
    if (before !== printed) changes.push({ path, old: before, new: printed });
  }
  for (const [path, printed] of old) {
    if (!now.has(path)) changes.push({ path, old: printed, new: null });
  }
  return changes;
}

type Tell = (path: string, printed: string) => void;

const word = /null|true|false|undefined|NaN|-?Infinity|-?\d+n|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/y;
const quoted = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const dateTag = /Date\((NaN|[-+\d:TZ.]+)\)/y;
const patternTag = /RegExp\(("[^"\\]*(?:\\.[^"\\]*)*"),"([a-z]*)"\)/y;
const listTag = /([A-Za-z0-9]*)\[/y;

class Reader {
  readonly #text: string;
  readonly #tell: Tell;
  #at = 0;

  constructor(text: string, tell: Tell) {
    this.#text = text;
    this.#tell = tell;
  }

  end(): void {
    if (this.#at !== this.#text.length) throw this.#wrong();
  }

  value(path: string): void {
    if (this.#skip("{")) this.#record(path);
    else if (this.#skip("Map{")) this.#map(path);
    else if (this.#skip("Set{")) this.#set(path);
    else {
      const list = this.#match(listTag);
      if (list !== null) this.#list(path, list[1] ?? "");
      else this.#tell(path, this.#single());
    }
  }

  /** What has no fields. */
  #single(): string {
    const date = this.#match(dateTag);
    if (date !== null) return date[1] === "NaN" ? "Date(NaN)" : (date[1] ?? "");
    const pattern = this.#match(patternTag);
    if (pattern !== null) return `/${unquoted(pattern[1] ?? '""')}/${pattern[2]}`;
    const found = this.#match(quoted) ?? this.#match(word);
    if (found === null) throw this.#wrong();
    return found[0];
  }

  #record(path: string): void {
    if (this.#skip("}")) {
      this.#tell(path, "{}");
      return;
    }
    do {
      const key = this.#match(quoted);
      if (key === null) throw this.#wrong();
      this.#expect(":");
      this.value(path + fieldName(unquoted(key[0])));
    } while (this.#skip(","));
    this.#expect("}");
  }

  #list(path: string, tag: string): void {
    let length = 0;
    if (!this.#skip("]")) {
      do this.value(`${path}[${length++}]`);
      while (this.#skip(","));
      this.#expect("]");
    }
    if (tag !== "") this.#tell(path, `${tag}(${length})`);
    else if (length === 0) this.#tell(path, "[]");
  }

  #map(path: string): void {
    const times = new Map<string, number>();
    let size = 0;
    if (!this.#skip("}")) {
      do {
        const key = this.#skipped();
        this.#expect("=>");
        // Two objects with the same content can both be keys of one Map.
        const before = times.get(key) ?? 0;
        times.set(key, before + 1);
        this.value(`${path}.get(${key})${before === 0 ? "" : `#${before + 1}`}`);
        size++;
      } while (this.#skip(","));
      this.#expect("}");
    }
    this.#tell(path, `Map(${size})`);
  }

  /** Items have no names: the set is told as a whole. */
  #set(path: string): void {
    const items: string[] = [];
    if (!this.#skip("}")) {
      do items.push(this.#skipped());
      while (this.#skip(","));
      this.#expect("}");
    }
    this.#tell(path, `Set{${items.join(", ")}}`);
  }

  /** The text of a value that is not told field by field. */
  #skipped(): string {
    const from = this.#at;
    const reader = new Reader(this.#text, () => {});
    reader.#at = from;
    reader.value("");
    this.#at = reader.#at;
    return this.#text.slice(from, this.#at);
  }

  #skip(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #expect(token: string): void {
    if (!this.#skip(token)) throw this.#wrong();
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  #wrong(): NotCanonical {
    return new NotCanonical(`not canonical at character ${this.#at}`);
  }
}

function unquoted(text: string): string {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "string") throw new NotCanonical(`not a text: ${text}`);
  return value;
}
