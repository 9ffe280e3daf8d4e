// What a piece of a bundle says, without what says nothing: comments, formatting, the places of names, and the digits that
// the bundler puts behind a name when another file has the same one. Two pieces have one text where they do the same,
// given that the pieces they refer to do.
import { relative } from "node:path";
import { digestOf } from "../digest.ts";
import type { Digest } from "../record.ts";
import { dataText } from "./data.ts";
import type { Local } from "./names.ts";
import type { BundleCode, Parsed, Piece } from "./pieces.ts";
import { isNode, many, one, type SyntaxNode, word } from "./syntax.ts";

export interface Skeleton {
  /** Of the text, in which what it refers to is only numbered. */
  readonly digest: Digest;
  /** The names of the bundle's top level that it refers to, in the order of their first appearance. */
  readonly uses: readonly string[];
}

export function skeletonOf({ kind, file, text, parsed }: Piece, bundle: BundleCode): Skeleton {
  if (kind === "data") {
    const data = dataText(text, (name) => bundle.meanings.get(name)?.kind === "pieces");
    return { digest: digestOf(data.text), uses: data.uses };
  }
  // Nobody formats a package anew, and three quarters of the time go into printing large ones.
  return isPackaged(file) ? asItStands(parsed(), bundle) : printed(parsed(), bundle);
}

function printed(parsed: Parsed, bundle: BundleCode): Skeleton {
  const printer = new Printer(parsed, bundle);
  for (const node of parsed.nodes) printer.print(node);
  return { digest: digestOf(printer.text.join("")), uses: [...printer.uses.keys()] };
}

/** The text itself, except for the names that the bundler gives. */
function asItStands(parsed: Parsed, bundle: BundleCode): Skeleton {
  const uses = new Map<string, number>();
  const text = respelled(parsed, (name) => {
    const meaning = bundle.meanings.get(name);
    if (meaning === undefined) return name;
    return meaning.kind === "outside" ? `@${meaning.label}` : `§${numberOf(uses, name)}`;
  });
  return { digest: digestOf(text), uses: [...uses.keys()] };
}

/** A piece's text with other words for the names that are not declared in it. */
export function respelled({ source, nodes, names }: Parsed, say: (name: string) => string): string {
  let at = nodes[0]?.start ?? 0;
  const end = nodes.at(-1)?.end ?? 0;
  const foreign = [...names.meanings.keys()].filter((id) => names.meanings.get(id) === null);
  const text: string[] = [];
  for (const id of foreign.sort((a, b) => a.start - b.start)) {
    // `{ name }` stands there once and is two nodes.
    if (id.start < at || id.end > end) continue;
    text.push(source.slice(at, id.start), say(word(id, "name")));
    at = id.end;
  }
  return text.join("") + source.slice(at, end);
}

export const isPackaged = (file: string): boolean => file.includes("node_modules/");

/** A local name without what the bundler may have added to it: what it is called says nothing. */
const plainLocal = (name: string): string => name.replace(/\d+$/, "");

/** Not part of what a node says: where it stands, how it was written, and what other fields say already. */
const silent = new Set(["type", "start", "end", "raw", "shorthand", "sourceType"]);

class Printer {
  readonly text: string[] = [];
  readonly uses = new Map<string, number>();
  readonly #locals = new Map<Local, number>();
  readonly #parsed: Parsed;
  readonly #bundle: BundleCode;

  constructor(parsed: Parsed, bundle: BundleCode) {
    this.#parsed = parsed;
    this.#bundle = bundle;
  }

  print(node: SyntaxNode): void {
    switch (node.type) {
      case "Identifier":
        this.text.push(this.#name(node));
        return;
      case "Literal":
        this.text.push(literal(node));
        return;
      case "TemplateElement":
        this.text.push(JSON.stringify(node.value));
        return;
      case "VariableDeclarator":
        if (this.#printPlace(node)) return;
        break;
      case "StaticBlock":
        if (isNameFix(node, this.#parsed.source)) return;
        break;
    }
    this.text.push("(", node.type);
    for (const field in node) {
      if (silent.has(field)) continue;
      const value = node[field];
      if (value === null || value === false || value === undefined) continue;
      this.text.push(" ", field, ":");
      this.#value(value);
    }
    this.text.push(")");
  }

  #value(value: unknown): void {
    if (Array.isArray(value)) {
      this.text.push("[");
      for (const element of value) {
        const before = this.text.length;
        this.#value(element);
        if (this.text.length > before) this.text.push(",");
      }
      this.text.push("]");
    } else if (isNode(value)) this.print(value);
    else this.text.push(JSON.stringify(value) ?? "");
  }

  #name(node: SyntaxNode): string {
    const name = word(node, "name");
    const meaning = this.#parsed.names.meanings.get(node);
    if (meaning === undefined) return `.${name}`;
    if (meaning !== null) return `~${plainLocal(name)}${numberOf(this.#locals, meaning)}`;
    const known = this.#bundle.meanings.get(name);
    if (known === undefined) return `#${name}`;
    return known.kind === "outside" ? `@${known.label}` : `§${numberOf(this.uses, name)}`;
  }

  /** `var __dirname = "/home/…"`: from the pipeline's folder, so that it can be moved. */
  #printPlace(node: SyntaxNode): boolean {
    const name = /^__(?:dirname|filename)(?=\d*$)/.exec(word(one(node, "id"), "name"))?.[0];
    const path = one(node, "init")?.value;
    if (name === undefined || typeof path !== "string" || this.#bundle.folder === null) return false;
    this.text.push(`(${name} ${JSON.stringify(relative(this.#bundle.folder, path))})`);
    return true;
  }
}

function literal(node: SyntaxNode): string {
  const { value, bigint, regex } = node;
  if (typeof regex === "object" && regex !== null) return JSON.stringify(regex);
  if (typeof bigint === "string") return `${bigint}n`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** Put there when a class had to be renamed in the bundle: it says what the class is called, which its text says as well. */
function isNameFix(node: SyntaxNode, source: string): boolean {
  return (
    many(node, "body").length === 1 &&
    /^static\{if\(this\.name==="[^"]*"\)Object\.defineProperty\(this,"name",\{value:"[^"]*",configurable:true\}\)\}$/.test(
      source.slice(node.start, node.end),
    )
  );
}

function numberOf<K>(numbers: Map<K, number>, key: K): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}
