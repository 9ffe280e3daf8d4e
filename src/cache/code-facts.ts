// What is known of a piece's effects while it is looked through, and how a name or a changed field is noted.

import { isNew } from "./code-known.ts";
import type { Local } from "./code-names.ts";
import type { BundleCode, Parsed } from "./code-pieces.ts";
import { isClass, isFunction, one, rootOf, type SyntaxNode, word } from "./code-syntax.ts";

export interface Effects {
  /** Names that are assigned to, or whose objects are changed for certain. */
  readonly writes: ReadonlySet<string>;
  /** Names whose values it has in hand. */
  readonly reads: ReadonlySet<string>;
  /** Among these, names that it hands to a call as they are. */
  readonly given: ReadonlySet<string>;
  /** Names that it only calls, makes instances of, or extends. */
  readonly calls: ReadonlySet<string>;
  /** It does something that may change anything it has in hand. */
  readonly opaque: boolean;
  /** It changes an object of the language or the runtime: every block may notice. */
  readonly global: boolean;
  /** It calls what is not in the bundle. */
  readonly outside: boolean;
}

/** Answers about functions and classes of the bundle, so that a call of them need not be taken for the worst. */
export interface Knowledge {
  readonly bundle: BundleCode;
  /** Calling it changes nothing. */
  readonly pureFunction: (name: string) => boolean;
  /** Making an instance of it changes nothing. */
  readonly pureConstructor: (name: string) => boolean;
  /** Calling this static method of a class, or function of an object, changes nothing. */
  readonly pureMethod: (name: string, method: string) => boolean;
  /** What a variable of the bundle begins with; null for anything else. */
  readonly initOf: (name: string) => SyntaxNode | null;
  /** A variable that begins with what could stand in a JSON file. */
  readonly isData: (name: string) => boolean;
  /** Whether a value is a pipeline, as far as the bundle shows. */
  readonly isPipeline: (node: SyntaxNode) => boolean;
}

export abstract class EffectFacts implements Effects {
  readonly writes = new Set<string>();
  readonly reads = new Set<string>();
  readonly given = new Set<string>();
  readonly calls = new Set<string>();
  opaque = false;
  global = false;
  outside = false;
  /** Whether what is only run on demand counts, too. */
  later = false;
  protected readonly meanings: ReadonlyMap<SyntaxNode, Local | null>;
  protected readonly source: string;
  protected readonly know: Knowledge;
  protected thisIsNew = false;

  constructor(parsed: Parsed, knowledge: Knowledge) {
    this.meanings = parsed.names.meanings;
    this.source = parsed.source;
    this.know = knowledge;
  }

  abstract visit(node: SyntaxNode | null): void;

  /** A field of something is put there. */
  protected change(node: SyntaxNode): void {
    const root = rootOf(node);
    const direct = one(node, "object") === root;
    if (root.type === "ThisExpression" && direct && this.thisIsNew) return;
    if (root.type !== "Identifier") {
      this.opaque = true;
      return;
    }
    const local = this.meanings.get(root);
    if (local === null) this.write(word(root, "name"));
    else if (local === undefined || local.assigned || !direct || !isNew(local.init)) this.opaque = true;
  }

  protected write(name: string): void {
    const meaning = this.know.bundle.meanings.get(name);
    if (meaning?.kind === "pieces") this.writes.add(name);
    else this.global = true;
  }

  protected note(node: SyntaxNode | null, into: Set<string>): void {
    if (node?.type !== "Identifier") {
      this.visit(node);
      return;
    }
    if (this.meanings.get(node) !== null) return;
    const name = word(node, "name");
    if (this.know.bundle.meanings.get(name)?.kind === "pieces") into.add(name);
  }

  protected changed(node: SyntaxNode): void {
    const root = rootOf(node);
    if (node.type === "ThisExpression" && this.thisIsNew) return;
    const meaning = root.type === "Identifier" ? this.meanings.get(root) : undefined;
    if (meaning === null) this.write(word(root, "name"));
    else if (meaning === undefined || meaning.assigned || !isNew(meaning.init)) {
      this.opaque ||= !isFresh(root);
    }
    this.visit(node);
  }

  protected unless(harmless: boolean): void {
    if (harmless) return;
    this.opaque = true;
    this.outside = true;
  }
}

const isFresh = (node: SyntaxNode): boolean => isNew(node) || isFunction(node) || isClass(node);
