// What the names of a bundle stand for, as far as it shows: a function, a class, what a variable begins with; a block or a
// pipeline.
import type { BundleCode, Meaning, Piece } from "./pieces.ts";
import { isClass, isFunction, many, memberName, one, rootOf, type SyntaxNode, word } from "./syntax.ts";

export interface FoundValue {
  readonly node: SyntaxNode;
  readonly piece: Piece;
}

export class BundleValues {
  readonly bundle: BundleCode;

  constructor(bundle: BundleCode) {
    this.bundle = bundle;
  }

  /** The function or class that the name stands for, or what the variable begins with. */
  valueOf(name: string): SyntaxNode | null {
    return this.found(name)?.node ?? null;
  }

  initOf(name: string): SyntaxNode | null {
    const value = this.found(name);
    return value === null || value.piece.kind !== "variable" ? null : value.node;
  }

  isPipeline(node: SyntaxNode): boolean {
    switch (node.type) {
      case "NewExpression": {
        const callee = one(node, "callee");
        if (callee === null || !this.fromPipe(rootOf(callee))) return false;
        return callee.type === "MemberExpression"
          ? memberName(callee) === "Pipeline"
          : this.meaning(callee)?.kind === "outside";
      }
      case "CallExpression": {
        const callee = one(node, "callee");
        const receiver = callee?.type === "MemberExpression" ? one(callee, "object") : null;
        const method = callee === null ? null : memberName(callee);
        return receiver !== null && /^(?:append|addPlot)$/.test(method ?? "") && this.isPipeline(receiver);
      }
      case "Identifier":
        return this.visiting(node, (value) => this.isPipeline(value));
      default:
        return false;
    }
  }

  isPart(node: SyntaxNode, known: (id: SyntaxNode) => boolean): boolean {
    const callee =
      node.type === "NewExpression" || node.type === "CallExpression" ? one(node, "callee") : null;
    if (callee === null || rootOf(callee).type !== "Identifier" || !known(rootOf(callee))) return false;
    if (this.fromPipe(rootOf(callee))) return true;
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
        return this.fromPipe(rootOf(node));
      case "Identifier":
        if (this.fromPipe(node)) return true;
        return this.visiting(node, (value) => isClass(value) && this.isBlock(value));
      default:
        return false;
    }
  }

  /** The function, class or beginning of the variable that the name stands for; null where there are several. */
  protected found(name: string): FoundValue | null {
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

  protected fromPipe(node: SyntaxNode): boolean {
    const meaning = this.meaning(node);
    return meaning?.kind === "outside" && meaning.from === "pipe";
  }

  protected meaning(node: SyntaxNode): Meaning | undefined {
    return node.type === "Identifier" ? this.bundle.meanings.get(word(node, "name")) : undefined;
  }

  /** Asks about what a name stands for; variables that are made of each other have no answer. */
  protected visiting(node: SyntaxNode, ask: (value: SyntaxNode) => boolean): boolean {
    const name = word(node, "name");
    return this.guard(name, () => {
      const value = this.found(name);
      return value !== null && ask(value.node);
    });
  }

  readonly #asked = new Set<string>();

  protected guard(name: string, ask: () => boolean): boolean {
    if (this.#asked.has(name)) return false;
    this.#asked.add(name);
    try {
      return ask();
    } finally {
      this.#asked.delete(name);
    }
  }
}
