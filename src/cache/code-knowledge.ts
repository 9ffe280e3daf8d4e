// What can be said of the bundle's own functions, classes and variables by looking at them once: whether a call of them can
// change anything, and what a variable begins with.

import { dataEffects, effectsOfAll, effectsOnNew } from "./code-effects.ts";
import type { Effects, Knowledge } from "./code-facts.ts";
import { isData, isPrimitive } from "./code-known.ts";
import type { BundleCode, Meaning, Piece } from "./code-pieces.ts";
import { isClass, isFunction, many, memberName, one, rootOf, type SyntaxNode, word } from "./code-syntax.ts";

export class BundleKnowledge implements Knowledge {
  readonly bundle: BundleCode;
  readonly #functions = new Map<string, boolean>();
  readonly #constructors = new Map<string, boolean>();
  readonly #data = new Map<string, boolean>();
  readonly #all = new Map<Piece, Effects>();

  constructor(bundle: BundleCode) {
    this.bundle = bundle;
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
    return memo(this.#functions, name, () => {
      const value = this.#valueOf(name);
      if (value === null || !isFunction(value.node)) return false;
      return this.#pureBody(value.node, value.piece);
    });
  }

  pureMethod(name: string, method: string): boolean {
    return memo(this.#functions, `${name}.${method}`, () => {
      const value = this.#valueOf(name);
      if (value === null) return false;
      const body = isClass(value.node) ? one(value.node, "body") : null;
      const members = body === null ? many(value.node, "properties") : many(body, "body");
      const [found, ...others] = members.filter(
        (member) => member.computed !== true && word(one(member, "key"), "name") === method,
      );
      const run = found === undefined ? null : one(found, "value");
      if (found === undefined || run === null || others.length > 0 || !isFunction(run)) return false;
      const plain = body === null ? found.kind === "init" : found.kind === "method" && found.static === true;
      return plain && this.#pureBody(run, value.piece);
    });
  }

  pureConstructor(name: string): boolean {
    return memo(this.#constructors, name, () => {
      const value = this.#valueOf(name);
      if (value === null) return false;
      if (isFunction(value.node)) {
        const inside = one(value.node, "body");
        return inside !== null && isHarmless(effectsOnNew(value.piece.parsed(), [inside], this));
      }
      if (!isClass(value.node)) return false;
      return this.isBlock(value.node) || this.#pureClass(value.node, value.piece);
    });
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
    return memo(this.#data, name, () => {
      const meaning = this.bundle.meanings.get(name);
      if (meaning?.kind === "pieces" && meaning.pieces.every(({ kind }) => kind === "data")) return true;
      const init = this.initOf(name);
      return (
        init !== null &&
        isData(init, (id) => this.#meaning(id)?.kind === "pieces" && this.isData(word(id, "name")))
      );
    });
  }

  /** Handing out a number or a text changes nothing. */
  isPrimitive(name: string): boolean {
    return this.#guard(name, () =>
      isPrimitive(
        this.initOf(name),
        (id) => this.#meaning(id) !== undefined && this.isPrimitive(word(id, "name")),
      ),
    );
  }

  #pureBody(node: SyntaxNode, piece: Piece): boolean {
    const inside = [...many(node, "params"), one(node, "body")].filter((part) => part !== null);
    return isHarmless(effectsOfAll(piece.parsed(), inside, this));
  }

  #pureClass(node: SyntaxNode, piece: Piece): boolean {
    const parent = one(node, "superClass");
    if (parent !== null) {
      if (parent.type !== "Identifier") return false;
      const meaning = this.#meaning(parent);
      if (meaning?.kind === "outside" && meaning.from !== "pipe") return false;
      if (meaning?.kind === "pieces" && !this.pureConstructor(word(parent, "name"))) return false;
    }
    const run = many(one(node, "body") ?? node, "body").flatMap((member) => {
      if (member.type === "PropertyDefinition" && member.static !== true) return [one(member, "value")];
      return member.kind === "constructor" ? [one(member, "value")] : [];
    });
    const inside = run.filter((part) => part !== null);
    return isHarmless(effectsOnNew(piece.parsed(), inside, this));
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

/** While the answer is being found it is yes: functions that call each other are harmless if nothing else speaks against it. */
function memo(answers: Map<string, boolean>, name: string, find: () => boolean): boolean {
  const known = answers.get(name);
  if (known !== undefined) return known;
  answers.set(name, true);
  const answer = find();
  answers.set(name, answer);
  return answer;
}
