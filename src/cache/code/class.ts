// Where in a bundle the class of a block stands. What the runtime says of a class is its text, exactly as in the bundle.
import type { BundleKnowledge } from "./knowledge.ts";
import type { Piece } from "./pieces.ts";
import { children, isClass, isFunction, many, memberName, one, type SyntaxNode, word } from "./syntax.ts";

export type FoundClass =
  | {
      readonly kind: "found";
      readonly piece: Piece;
      readonly node: SyntaxNode;
      /** What belongs to the class: its statement, or the expression alone where it stands in an `append(…)`. */
      readonly root: Piece;
    }
  | { readonly kind: "not-found"; readonly why: string };

/** A node, and the nodes around it from the outside in. */
export interface Trail {
  readonly node: SyntaxNode;
  readonly around: readonly SyntaxNode[];
}

/** @param source what `Function.prototype.toString` says; `name` the class's own. */
export function findClass(source: string, name: string, knowledge: BundleKnowledge): FoundClass {
  const found = candidates(source, knowledge).flatMap((piece) =>
    trailsIn(piece, (node) => isClass(node) && textOf(piece, node) === source).map((trail) => ({
      piece,
      trail,
    })),
  );
  const named = found.filter(({ piece }) => piece.names.includes(name));
  const [only, ...others] = found.length > 1 ? named : found;
  if (only === undefined || others.length > 0) {
    return { kind: "not-found", why: found.length > 0 ? "stands there twice" : "is made while it is loaded" };
  }
  return rooted(only.piece, only.trail, knowledge);
}

function rooted(piece: Piece, { node, around }: Trail, knowledge: BundleKnowledge): FoundClass {
  const found = { kind: "found", piece, node } as const;
  const functions = around.filter(isFunction);
  const [outer] = functions;
  if (outer !== undefined) {
    // What is around the class is run once, when the module is required.
    const ofModule = functions.length === 1 && /^var [\w$]+ = __commonJS\d*\(/.test(piece.text);
    return ofModule ? { ...found, root: piece } : { kind: "not-found", why: "is made inside a function" };
  }
  const append = around.findLastIndex((at) => isAppend(at, knowledge));
  if (append < 0) {
    const inBlock = around.some(({ type }) =>
      /^(?:BlockStatement|For\w+|SwitchStatement|CatchClause)$/.test(type),
    );
    return inBlock ? { kind: "not-found", why: "is made inside a block" } : { ...found, root: piece };
  }
  const [argument] = many(around[append] ?? node, "arguments");
  const direct = argument?.type === "NewExpression" && one(argument, "callee") === node;
  return { ...found, root: direct ? partOf(piece, node, `class ${word(one(node, "id"), "name")}`) : piece };
}

export function isAppend(node: SyntaxNode, knowledge: BundleKnowledge): boolean {
  const callee = node.type === "CallExpression" ? one(node, "callee") : null;
  const receiver = callee?.type === "MemberExpression" ? one(callee, "object") : null;
  return (
    callee !== null && receiver !== null && memberName(callee) === "append" && knowledge.isPipeline(receiver)
  );
}

/** A part of a piece as a piece. */
export function partOf(piece: Piece, node: SyntaxNode, called: string): Piece {
  const parsed = () => ({ ...piece.parsed(), nodes: [node] });
  const index = Math.floor(piece.index) + (node.start + 1) / (piece.parsed().source.length + 2);
  return { ...piece, index, kind: "statement", names: [], text: called, parsed };
}

/** Every node of a piece for which `wanted` says so. */
export function trailsIn(piece: Piece, wanted: (node: SyntaxNode) => boolean): readonly Trail[] {
  const found: Trail[] = [];
  const enter = (node: SyntaxNode, around: readonly SyntaxNode[]): void => {
    if (wanted(node)) found.push({ node, around });
    const inside = [...around, node];
    for (const child of children(node)) enter(child, inside);
  };
  for (const node of piece.parsed().nodes) enter(node, []);
  return found;
}

const textOf = (piece: Piece, node: SyntaxNode): string => piece.parsed().source.slice(node.start, node.end);

/** Pieces whose text holds that of the class; by its name where it has a statement of its own. */
function candidates(source: string, { bundle }: BundleKnowledge): readonly Piece[] {
  const declared = /^class ([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(source)?.[1];
  const meaning = declared === undefined ? undefined : bundle.meanings.get(declared);
  const own = meaning?.kind === "pieces" ? meaning.pieces.filter(({ text }) => text === source) : [];
  return own.length > 0 ? own : bundle.pieces.filter(({ text }) => text.includes(source));
}
