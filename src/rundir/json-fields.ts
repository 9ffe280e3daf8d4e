// Reading fields of our own JSON files one by one. A field that is missing or of another kind is told by its name, instead of
// travelling on as `undefined`.
import { isObject, type Json, type JsonObject } from "../core/json.ts";

/** Thrown by `Fields` and caught where the file is parsed. */
export class FieldProblem extends Error {
  override readonly name = "FieldProblem";
}

export class Fields {
  readonly #object: JsonObject;
  constructor(object: Json | undefined) {
    if (!isObject(object)) throw new FieldProblem("it is no JSON object");
    this.#object = object;
  }
  /** Whether there is such a field, and it is not null. */
  has(name: string): boolean {
    return (this.#object[name] ?? null) !== null;
  }
  text(name: string): string {
    return this.#of(name, "a text", (value) => (typeof value === "string" ? value : undefined));
  }
  textOrNull(name: string): string | null {
    return this.#object[name] === null ? null : this.text(name);
  }
  number(name: string): number {
    return this.#of(name, "a number", (value) => (typeof value === "number" ? value : undefined));
  }
  truth(name: string): boolean {
    return this.#of(name, "true or false", (value) => (typeof value === "boolean" ? value : undefined));
  }
  texts(name: string): readonly string[] {
    return this.#of(name, "a list of texts", (value) => {
      if (!Array.isArray(value)) return undefined;
      const texts = value.filter((item) => typeof item === "string");
      return texts.length === value.length ? texts : undefined;
    });
  }
  object(name: string): JsonObject {
    return this.#of(name, "an object", (value) => (isObject(value) ? value : undefined));
  }
  objects(name: string): readonly Fields[] {
    const list = this.#of(name, "a list", (value) => (Array.isArray(value) ? value : undefined));
    return list.map((item) => new Fields(item));
  }
  fields(name: string): Fields {
    return new Fields(this.object(name));
  }
  fieldsOrNull(name: string): Fields | null {
    return this.#object[name] === null ? null : this.fields(name);
  }
  /** A field that `read` turns into what it means, or into undefined where it means nothing. */
  as<T>(name: string, read: (text: string) => T | null): T {
    const value = read(this.text(name));
    if (value === null) throw new FieldProblem(`\`${name}\` cannot be understood`);
    return value;
  }
  #of<T>(name: string, kind: string, check: (value: Json | undefined) => T | undefined): T {
    const value = check(this.#object[name]);
    if (value === undefined) throw new FieldProblem(`\`${name}\` is not ${kind}`);
    return value;
  }
}

export type Parsed<T> =
  | { readonly kind: "parsed"; readonly value: T }
  /** Written by a newer version of this program. */
  | { readonly kind: "newer"; readonly version: number }
  | { readonly kind: "broken"; readonly problem: string };

/** Parses a file that says `format` and `version`; `read` may throw `FieldProblem`. */
export function parseVersioned<T>(
  text: string,
  knows: { readonly format: string; readonly version: number },
  read: (fields: Fields) => T,
): Parsed<T> {
  try {
    const fields = new Fields(JSON.parse(text));
    if (fields.text("format") !== knows.format)
      throw new FieldProblem(`it does not say that it is \`${knows.format}\``);
    const version = fields.number("version");
    if (version > knows.version) return { kind: "newer", version };
    return { kind: "parsed", value: read(fields) };
  } catch (error) {
    if (error instanceof FieldProblem || error instanceof SyntaxError) {
      return { kind: "broken", problem: error.message };
    }
    throw error;
  }
}
