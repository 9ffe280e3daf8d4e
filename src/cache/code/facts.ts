// What is known of a piece's effects while it is looked through, and how a name or a changed field is noted.

import { isNew } from "./known.ts";
import type { Local } from "./names.ts";
import type { BundleCode, Parsed } from "./pieces.ts";
import { isClass, isFunction, memberName, one, rootOf, type SyntaxNode, word } from "./syntax.ts";

export interface Effects {
  /** Names that are assigned to, or whose objects are changed for certain. */
  readonly writes: ReadonlySet<string>;
  /** Among these, names of which more than their own object may be changed: `app.config.size = 2`, or a setter runs. */
  readonly deep: ReadonlySet<string>;
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
  /** Somebody may get its `this`. */
  readonly handsOutThis: boolean;
}

/** Answers about functions and classes of the bundle, so that a call of them need not be taken for the worst. */
export interface Knowledge {
  readonly bundle: BundleCode;
  /** What a call of a function that is not pure does; null where that is everything that it can reach. */
  readonly doneByCall: (name: string) => readonly Effects[] | null;
  /** What making an instance of a class does; null as above. */
  readonly doneByNew: (name: string) => readonly Effects[] | null;
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
  readonly isPrimitive: (name: string) => boolean;
  /** Whether putting a field there changes that one object and does nothing else. */
  readonly isOwnObject: (name: string) => boolean;
  /** Whether somebody may put another method into the object of this name. */
  readonly isPatched: (name: string, method: string) => boolean;
  /** Whether a value is a block or a command: `new Mesh()`, `command(…)`. `known`: whether the bundle's name is meant. */
  readonly isPart: (node: SyntaxNode, known: (id: SyntaxNode) => boolean) => boolean;
  /** Whether a value is a pipeline, as far as the bundle shows. */
  readonly isPipeline: (node: SyntaxNode) => boolean;
}

export abstract class EffectFacts implements Effects {
  readonly writes = new Set<string>();
  readonly deep = new Set<string>();
  readonly reads = new Set<string>();
  readonly given = new Set<string>();
  readonly calls = new Set<string>();
  opaque = false;
  global = false;
  outside = false;
  handsOutThis = false;
  /** Blocks that are made to be appended, and that do something to others then: `new Setup(3)`. Null: they are as any other call. */
  apart: SyntaxNode[] | null = null;
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
    if (local === null) this.write(word(root, "name"), direct || isOfPrototype(node) ? "itself" : "within");
    else if (local === undefined || local.assigned || !direct || !isNew(local.init)) this.opaque = true;
  }

  protected write(name: string, what: "rebound" | "itself" | "within"): void {
    const meaning = this.know.bundle.meanings.get(name);
    if (meaning?.kind !== "pieces") {
      this.global = true;
      return;
    }
    this.writes.add(name);
    if (what === "within" || (what === "itself" && !this.know.isOwnObject(name))) this.deep.add(name);
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

  /** A function changes what it is given: `Object.assign(node, …)`. */
  protected changed(node: SyntaxNode): void {
    const root = rootOf(node);
    if (node.type === "ThisExpression" && this.thisIsNew) return;
    const meaning = root.type === "Identifier" ? this.meanings.get(root) : undefined;
    if (meaning === null) {
      const itself = node === root || (one(node, "object") === root && memberName(node) === "prototype");
      this.write(word(root, "name"), itself ? "itself" : "within");
    } else if (meaning === undefined || meaning.assigned || node !== root || !isNew(meaning.init)) {
      this.opaque ||= !isFresh(root);
    }
    this.visit(node);
  }

  protected unless(harmless: boolean): void {
    if (harmless) return;
    this.opaque = true;
    this.outside = true;
  }

  /** What somebody else does is done by whoever calls it. */
  protected does(done: readonly Effects[] | null): void {
    if (done === null) {
      this.opaque = true;
      return;
    }
    for (const { writes, deep, global, opaque } of done) {
      this.opaque ||= opaque;
      for (const name of writes) this.writes.add(name);
      for (const name of deep) this.deep.add(name);
      this.global ||= global;
    }
  }
}

const isFresh = (node: SyntaxNode): boolean => isNew(node) || isFunction(node) || isClass(node);

/** `Mesh.prototype.draw` */
function isOfPrototype(node: SyntaxNode): boolean {
  const object = one(node, "object");
  return (
    object?.type === "MemberExpression" &&
    memberName(object) === "prototype" &&
    one(object, "object")?.type === "Identifier"
  );
}
