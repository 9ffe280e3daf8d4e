// What can be said of the bundle's own functions, classes and variables by looking at them once: whether a call of them can
// change anything, and what a variable begins with.

import { Answers } from "./code-answers.ts";
import { Assigned } from "./code-assigned.ts";
import { dataEffects, effectsOfAll, effectsOnNew } from "./code-effects.ts";
import type { Effects, Knowledge } from "./code-facts.ts";
import { isData, isNew, isPrimitive } from "./code-known.ts";
import type { BundleCode, Meaning, Piece } from "./code-pieces.ts";
import { isClass, isFunction, many, memberName, one, rootOf, type SyntaxNode, word } from "./code-syntax.ts";

export class BundleKnowledge implements Knowledge {
  readonly bundle: BundleCode;
  readonly #assigned: Assigned;
  readonly #answers = new Answers();
  readonly #all = new Map<Piece, Effects>();
  readonly #done = new Map<string, readonly Effects[] | null>();
  readonly #asking: string[] = [];

  constructor(bundle: BundleCode) {
    this.bundle = bundle;
    this.#assigned = new Assigned(bundle);
  }

  /** With everything that the piece may do later. */
  all(piece: Piece): Effects {
    const known = this.#all.get(piece);
    if (known !== undefined) return known;
    const found =
      piece.kind === "data"
        ? dataEffects(piece, this.bundle)
        : effectsOfAll(piece.parsed(), piece.parsed().nodes, this);
    this.#all.set(piece, found);
    return found;
  }

  pureFunction(name: string): boolean {
    return this.#answers.of(`call ${name}`, () => {
      const done = this.#call(name);
      return done !== null && isHarmless(done);
    });
  }

  pureMethod(name: string, method: string): boolean {
    return this.#answers.of(`call ${name}.${method}`, () => {
      const value = this.#valueOf(name);
      if (value === null || this.#isAssigned(name)) return false;
      if (this.#assigned.method(method) || this.#assigned.object(name)) return false;
      const body = isClass(value.node) ? one(value.node, "body") : null;
      const members = body === null ? many(value.node, "properties") : many(body, "body");
      const [found, ...others] = members.filter(
        (member) => member.computed !== true && word(one(member, "key"), "name") === method,
      );
      const run = found === undefined ? null : one(found, "value");
      if (found === undefined || run === null || others.length > 0 || !isFunction(run)) return false;
      const plain = body === null ? found.kind === "init" : found.kind === "method" && found.static === true;
      return plain && isHarmless(this.#bodyOf(run, value.piece));
    });
  }

  pureConstructor(name: string): boolean {
    return this.#answers.of(`new ${name}`, () => {
      const done = this.#make(name);
      return done?.every(isHarmless) ?? false;
    });
  }

  doneByCall(name: string): readonly Effects[] | null {
    return this.#doing(`call ${name}`, () => {
      const done = this.#call(name);
      return done === null ? null : [done];
    });
  }

  doneByNew(name: string): readonly Effects[] | null {
    return this.#doing(`new ${name}`, () => this.#make(name));
  }

  /** While it is asked whether something is pure, answers may rest on what turns out to be wrong; then nothing is known. */
  #doing(name: string, find: () => readonly Effects[] | null): readonly Effects[] | null {
    if (!this.#answers.settled) return null;
    const known = this.#done.get(name);
    if (known !== undefined) return known;
    // What calls itself does the same once more; what calls each other in a circle is taken for the worst.
    if (this.#asking.includes(name)) return this.#asking.at(-1) === name ? [] : null;
    this.#asking.push(name);
    const done = find();
    this.#asking.pop();
    this.#done.set(name, done);
    return done;
  }

  #call(name: string): Effects | null {
    const value = this.#valueOf(name);
    return value === null || !isFunction(value.node) || this.#isAssigned(name)
      ? null
      : this.#bodyOf(value.node, value.piece);
  }

  #make(name: string): readonly Effects[] | null {
    const value = this.#valueOf(name);
    if (value === null) return null;
    const { node, piece } = value;
    if (isFunction(node)) {
      const inside = one(node, "body");
      return inside === null ? null : [effectsOnNew(piece.parsed(), [inside], this)];
    }
    if (!isClass(node)) return null;
    const above = this.#makeParent(one(node, "superClass"));
    if (above === null) return null;
    const run = many(one(node, "body") ?? node, "body").flatMap((member) => {
      if (member.type === "PropertyDefinition" && member.static !== true) return [one(member, "value")];
      return member.kind === "constructor" ? [one(member, "value")] : [];
    });
    const inside = run.filter((part) => part !== null);
    return [...above, effectsOnNew(piece.parsed(), inside, this)];
  }

  #makeParent(parent: SyntaxNode | null): readonly Effects[] | null {
    switch (parent?.type) {
      case undefined:
        return [];
      case "AssignmentExpression":
        return this.#makeParent(one(parent, "right"));
      case "MemberExpression":
        return this.#fromPipe(rootOf(parent)) ? [] : null;
      case "Identifier": {
        const name = word(parent, "name");
        const meaning = this.#meaning(parent);
        // Of the language: `Map`, `Error`.
        if (meaning === undefined) return [];
        if (meaning.kind === "outside") return meaning.from === "pipe" ? [] : null;
        return this.pureConstructor(name) ? [] : this.doneByNew(name);
      }
      case "CallExpression": {
        // A mixin: the class that it makes stands in it, and is looked at with it.
        const callee = one(parent, "callee");
        if (callee?.type !== "Identifier" || !this.pureFunction(word(callee, "name"))) return null;
        const parents = many(parent, "arguments").map((argument) => this.#makeParent(argument));
        const known = parents.filter((done) => done !== null);
        return known.length < parents.length ? null : known.flat();
      }
      default:
        return null;
    }
  }

  isOwnObject(name: string): boolean {
    return this.#answers.of(`own ${name}`, () => {
      const value = this.#valueOf(name);
      if (value === null) return false;
      const { node } = value;
      if (isClass(node)) return !this.#hasStaticSetter(node);
      if (this.#isAssigned(name)) return false;
      return (
        isFunction(node) || (isNew(node) && many(node, "properties").every(({ kind }) => !isAccessor(kind)))
      );
    });
  }

  #hasStaticSetter(node: SyntaxNode): boolean {
    const parent = one(node, "superClass");
    const above = parent?.type === "Identifier" && this.#meaning(parent)?.kind === "pieces";
    const members = many(one(node, "body") ?? node, "body").filter((member) => member.static === true);
    const own = members.some(({ kind, type }) => isAccessor(kind) || type === "AccessorProperty");
    return own || (above && !this.isOwnObject(word(parent, "name")));
  }

  /** What is made when the class is defined is there for everybody who has the class. */
  hasState(node: SyntaxNode): boolean {
    return many(one(node, "body") ?? node, "body").some(
      ({ type, ...member }) =>
        type === "StaticBlock" || (member.static === true && type !== "MethodDefinition"),
    );
  }

  isPatched(method: string): boolean {
    return this.#assigned.method(method);
  }

  isPart(node: SyntaxNode, known: (id: SyntaxNode) => boolean): boolean {
    const callee =
      node.type === "NewExpression" || node.type === "CallExpression" ? one(node, "callee") : null;
    if (callee === null || rootOf(callee).type !== "Identifier" || !known(rootOf(callee))) return false;
    if (this.#fromPipe(rootOf(callee))) return true;
    const value = callee.type === "Identifier" ? this.valueOf(word(callee, "name")) : null;
    return node.type === "NewExpression" && isClass(value) && this.isBlock(value);
  }

  /** A class that extends one of "pipe": what it does when it is made is looked at as a part of the block. */
  isBlock(node: SyntaxNode | null): boolean {
    switch (node?.type) {
      case "ClassDeclaration":
      case "ClassExpression":
        return this.isBlock(one(node, "superClass"));
      case "AssignmentExpression":
        return this.isBlock(one(node, "right"));
      case "CallExpression":
        return many(node, "arguments").some((argument) => this.isBlock(argument));
      case "MemberExpression":
        return this.#fromPipe(rootOf(node));
      case "Identifier":
        if (this.#fromPipe(node)) return true;
        return this.#visiting(node, (value) => isClass(value) && this.isBlock(value));
      default:
        return false;
    }
  }

  /** The function or class that the name stands for, or what the variable begins with. */
  valueOf(name: string): SyntaxNode | null {
    return this.#valueOf(name)?.node ?? null;
  }

  initOf(name: string): SyntaxNode | null {
    const value = this.#valueOf(name);
    return value === null || value.piece.kind !== "variable" ? null : value.node;
  }

  isPipeline(node: SyntaxNode): boolean {
    switch (node.type) {
      case "NewExpression": {
        const callee = one(node, "callee");
        if (callee === null || !this.#fromPipe(rootOf(callee))) return false;
        return callee.type === "MemberExpression"
          ? memberName(callee) === "Pipeline"
          : this.#meaning(callee)?.kind === "outside";
      }
      case "CallExpression": {
        const callee = one(node, "callee");
        const receiver = callee?.type === "MemberExpression" ? one(callee, "object") : null;
        const method = callee === null ? null : memberName(callee);
        return receiver !== null && /^(?:append|addPlot)$/.test(method ?? "") && this.isPipeline(receiver);
      }
      case "Identifier":
        return this.#visiting(node, (value) => this.isPipeline(value));
      default:
        return false;
    }
  }

  isData(name: string): boolean {
    return this.#answers.of(`data ${name}`, () => {
      const meaning = this.bundle.meanings.get(name);
      if (meaning?.kind === "pieces" && meaning.pieces.every(({ kind }) => kind === "data")) return true;
      const init = this.initOf(name);
      return (
        init !== null &&
        !this.#isAssigned(name) &&
        isData(init, (id) => this.#meaning(id)?.kind === "pieces" && this.isData(word(id, "name")))
      );
    });
  }

  /** Handing out a number or a text changes nothing. */
  isPrimitive(name: string): boolean {
    return this.#guard(name, () => {
      const init = this.initOf(name);
      // `let settings = null`, and something else later.
      if (init?.type === "Literal" && init.value === null && this.#isAssigned(name)) return false;
      return isPrimitive(init, (id) => this.#meaning(id) !== undefined && this.isPrimitive(word(id, "name")));
    });
  }

  #bodyOf(node: SyntaxNode, piece: Piece): Effects {
    const inside = [...many(node, "params"), one(node, "body")].filter((part) => part !== null);
    return effectsOfAll(piece.parsed(), inside, this);
  }

  /** Whether the name may stand for something else than what it begins with. */
  #isAssigned(name: string): boolean {
    const meaning = this.bundle.meanings.get(name);
    return meaning?.kind === "pieces" && meaning.pieces.some(({ file }) => this.#assigned.name(name, file));
  }

  /** The function, class or beginning of the variable that the name stands for; null where there are several. */
  #valueOf(name: string): { readonly node: SyntaxNode; readonly piece: Piece } | null {
    const meaning = this.bundle.meanings.get(name);
    const [piece, ...others] = meaning?.kind === "pieces" ? meaning.pieces : [];
    if (piece === undefined || others.length > 0 || piece.kind === "data") return null;
    const [statement] = piece.parsed().nodes;
    if (statement === undefined) return null;
    if (isFunction(statement) || isClass(statement)) return { node: statement, piece };
    const declarator =
      statement.type === "VariableDeclaration" ? many(statement, "declarations")[0] : statement;
    if (declarator?.type !== "VariableDeclarator" || one(declarator, "id")?.type !== "Identifier")
      return null;
    const init = one(declarator, "init");
    return init === null ? null : { node: init, piece };
  }

  #fromPipe(node: SyntaxNode): boolean {
    const meaning = this.#meaning(node);
    return meaning?.kind === "outside" && meaning.from === "pipe";
  }

  #meaning(node: SyntaxNode): Meaning | undefined {
    return node.type === "Identifier" ? this.bundle.meanings.get(word(node, "name")) : undefined;
  }

  /** Asks about what a name stands for; variables that are made of each other have no answer. */
  #visiting(node: SyntaxNode, ask: (value: SyntaxNode) => boolean): boolean {
    const name = word(node, "name");
    return this.#guard(name, () => {
      const value = this.#valueOf(name);
      return value !== null && ask(value.node);
    });
  }

  readonly #asked = new Set<string>();

  #guard(name: string, ask: () => boolean): boolean {
    if (this.#asked.has(name)) return false;
    this.#asked.add(name);
    try {
      return ask();
    } finally {
      this.#asked.delete(name);
    }
  }
}

function isHarmless({ opaque, global, outside, writes }: Effects): boolean {
  return !opaque && !global && !outside && writes.size === 0;
}

const isAccessor = (kind: unknown): boolean => kind === "get" || kind === "set";
