// What can be said of the bundle's own functions, classes and variables by looking at them once: whether a call of them can
// change anything, and what a variable begins with.

import { Answers } from "./answers.ts";
import { Assigned } from "./assigned.ts";
import { dataEffects, effectsOfAll, effectsOnNew } from "./effects.ts";
import type { Effects, Knowledge } from "./facts.ts";
import { isData, isNew, isPrimitive } from "./known.ts";
import type { BundleCode, Piece } from "./pieces.ts";
import { isClass, isFunction, many, one, rootOf, type SyntaxNode, word } from "./syntax.ts";
import { BundleValues } from "./values.ts";

export class BundleKnowledge extends BundleValues implements Knowledge {
  readonly #assigned: Assigned;
  readonly #answers = new Answers();
  readonly #all = new Map<Piece, Effects>();
  readonly #done = new Map<string, readonly Effects[] | null>();
  readonly #asking: string[] = [];

  constructor(bundle: BundleCode) {
    super(bundle);
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
      const value = this.found(name);
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
    const value = this.found(name);
    return value === null || !isFunction(value.node) || this.#isAssigned(name)
      ? null
      : this.#bodyOf(value.node, value.piece);
  }

  #make(name: string): readonly Effects[] | null {
    const value = this.found(name);
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
        return this.fromPipe(rootOf(parent)) ? [] : null;
      case "Identifier": {
        const name = word(parent, "name");
        const meaning = this.meaning(parent);
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
      const value = this.found(name);
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
    const above = parent?.type === "Identifier" && this.meaning(parent)?.kind === "pieces";
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

  isPatched(name: string, method: string): boolean {
    return this.#assigned.member(name, method);
  }

  isData(name: string): boolean {
    return this.#answers.of(`data ${name}`, () => {
      const meaning = this.bundle.meanings.get(name);
      if (meaning?.kind === "pieces" && meaning.pieces.every(({ kind }) => kind === "data")) return true;
      const init = this.initOf(name);
      return (
        init !== null &&
        !this.#isAssigned(name) &&
        isData(init, (id) => this.meaning(id)?.kind === "pieces" && this.isData(word(id, "name")))
      );
    });
  }

  /** Handing out a number or a text changes nothing. */
  isPrimitive(name: string): boolean {
    return this.guard(name, () => {
      const init = this.initOf(name);
      // `let settings = null`, and something else later.
      if (init?.type === "Literal" && init.value === null && this.#isAssigned(name)) return false;
      return isPrimitive(init, (id) => this.meaning(id) !== undefined && this.isPrimitive(word(id, "name")));
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
}

function isHarmless({ opaque, global, outside, writes }: Effects): boolean {
  return !opaque && !global && !outside && writes.size === 0;
}

const isAccessor = (kind: unknown): boolean => kind === "get" || kind === "set";
