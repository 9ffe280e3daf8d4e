// What a block was made with is seen in its fields, and these are its options. What a constructor puts where nobody can look,
// into private fields or a list of its own, is not: then the text of `new Mesh(3)` counts as a part of the block's code.

import { type FoundClass, isAppend, partOf, type Trail, trailsIn } from "./class.ts";
import { effectsOnNew } from "./effects.ts";
import type { BundleKnowledge } from "./knowledge.ts";
import type { Piece } from "./pieces.ts";
import { isClass, isFunction, many, one, type SyntaxNode, word } from "./syntax.ts";

export type Construction =
  | { readonly kind: "visible" }
  /** `sites[i]` made the i-th block of the class. */
  | { readonly kind: "each"; readonly sites: readonly Piece[] }
  /** Nobody can tell which of these made which block. */
  | { readonly kind: "any"; readonly sites: readonly Piece[] }
  /** It cannot be told at all where they are made. */
  | { readonly kind: "anywhere" };

/** @param count how many blocks of the pipeline are instances of the class. */
export function constructionOf(
  { piece, node, root }: FoundClass & { kind: "found" },
  count: number,
  knowledge: BundleKnowledge,
): Construction {
  const seen = inspect(node, piece, knowledge);
  if (seen === "plain") return { kind: "visible" };
  if (root.names.length === 0 && root !== piece) return ofExpression(piece, node);
  const name = root.names[0] ?? /^[\p{ID_Start}$_][\p{ID_Continue}$]*(?= = )/u.exec(root.text)?.[0];
  if (name === undefined) return { kind: "anywhere" };
  const places: Place[] = [];
  for (const other of knowledge.bundle.pieces) {
    if (!other.text.includes(name)) continue;
    const found = placesIn(other, name, knowledge);
    if (found === "anywhere") return { kind: "anywhere" };
    places.push(...found);
  }
  const direct = places.every((place) => place.direct);
  if (seen === "private-fields" && direct) return { kind: "visible" };
  const sites = places.map((place) => place.site);
  const sure = direct && places.length === count && places.every((place) => place.once);
  return { kind: sure ? "each" : "any", sites };
}

/** `new (class Mesh { … })(3)` */
function ofExpression(piece: Piece, node: SyntaxNode): Construction {
  const [trail] = trailsIn(piece, (at) => at === node);
  const made = trail?.around.at(-1);
  return made?.type === "NewExpression"
    ? { kind: "each", sites: [partOf(piece, made, "new (class …)(…)")] }
    : { kind: "anywhere" };
}

type Seen =
  | "plain"
  /** The constructor shows all that it does, but there are private fields, which others may set. */
  | "private-fields"
  | "hidden";

/** What the constructors of a class and of those that it extends do with what they are given. */
function inspect(node: SyntaxNode, piece: Piece, knowledge: BundleKnowledge): Seen {
  const members = many(one(node, "body") ?? node, "body");
  const written = members.find(({ kind }) => kind === "constructor");
  const run = written === undefined ? null : one(written, "value");
  if (run !== null && !isPlain(run, piece, knowledge)) return "hidden";
  const isPrivate = members.some(
    (member) => member.static !== true && member.type !== "MethodDefinition" && isPrivateKey(member),
  );
  const above = inspectParent(one(node, "superClass"), knowledge);
  return above === "plain" && isPrivate ? "private-fields" : above;
}

function inspectParent(parent: SyntaxNode | null, knowledge: BundleKnowledge): Seen {
  if (parent === null) return "plain";
  if (parent.type === "AssignmentExpression") return inspectParent(one(parent, "right"), knowledge);
  if (parent.type !== "Identifier") return "hidden";
  const meaning = knowledge.bundle.meanings.get(word(parent, "name"));
  if (meaning?.kind === "outside") return meaning.from === "pipe" ? "plain" : "hidden";
  const [piece] = meaning?.pieces ?? [];
  const value = knowledge.valueOf(word(parent, "name"));
  return piece !== undefined && value !== null && isClass(value)
    ? inspect(value, piece, knowledge)
    : "hidden";
}

/** It puts what it is given into fields that anybody can see, and does nothing else with it. */
function isPlain(run: SyntaxNode, piece: Piece, knowledge: BundleKnowledge): boolean {
  const effects = effectsOnNew(piece.parsed(), [run], knowledge);
  if (effects.opaque || effects.global || effects.outside || effects.writes.size > 0) return false;
  const self = trailsIn(partOf(piece, run, ""), ({ type }) => type === "ThisExpression");
  return self.every(({ node, around }) => {
    const parent = around.at(-1);
    return (
      parent?.type === "MemberExpression" &&
      one(parent, "object") === node &&
      parent.computed !== true &&
      !isPrivateName(one(parent, "property"))
    );
  });
}

interface Place {
  readonly site: Piece;
  /** `append(new Mesh(…))` */
  readonly direct: boolean;
  /** It is made there no more than once. */
  readonly once: boolean;
}

function placesIn(piece: Piece, name: string, knowledge: BundleKnowledge): readonly Place[] | "anywhere" {
  const { meanings } = piece.parsed().names;
  const trails = trailsIn(piece, (node) => word(node, "name") === name && meanings.get(node) === null);
  const places: Place[] = [];
  for (const trail of trails) {
    const parent = trail.around.at(-1);
    if (parent?.type === "NewExpression" && one(parent, "callee") === trail.node) {
      if (trail.around.some(isFunction)) return "anywhere";
      places.push(placeOf(piece, { node: parent, around: trail.around.slice(0, -1) }, knowledge));
    } else if (!isHarmlessUse(trail)) return "anywhere";
  }
  return places;
}

function placeOf(piece: Piece, { node, around }: Trail, knowledge: BundleKnowledge): Place {
  const once = !around.some(({ type }) => /^(?:For|While|DoWhile)/.test(type));
  const append = around.findLast((at) => isAppend(at, knowledge) && many(at, "arguments")[0] !== undefined);
  const [argument] = append === undefined ? [] : many(append, "arguments");
  const within = argument === node || (argument !== undefined && around.includes(argument));
  if (argument === undefined || !within || usesLocals(piece, argument))
    return { site: piece, direct: false, once };
  const site = partOf(piece, argument, `new ${word(one(node, "callee"), "name")}(…)`);
  return { site, direct: argument === node, once };
}

function usesLocals(piece: Piece, node: SyntaxNode): boolean {
  const { meanings } = piece.parsed().names;
  const inside = trailsIn(partOf(piece, node, ""), (at) => (meanings.get(at) ?? null) !== null);
  return inside.some((trail) => !trail.around.some(isFunction));
}

/** The class is named, and nobody who gets it could make an instance of it. */
function isHarmlessUse({ node, around }: Trail): boolean {
  const parent = around.at(-1);
  const above = around.at(-2);
  switch (parent?.type) {
    case "ClassDeclaration":
    case "ClassExpression":
      return one(parent, "id") === node || one(parent, "superClass") === node;
    case "VariableDeclarator":
      return one(parent, "id") === node;
    case "BinaryExpression":
      return parent.operator === "instanceof";
    case "MemberExpression":
      return one(parent, "object") === node && above?.type !== "CallExpression";
    case "AssignmentExpression":
      return one(parent, "left") === node;
    case "CallExpression":
      return /^__(?:legacyDecorate|decorate|runInitializers)/.test(word(one(parent, "callee"), "name"));
    default:
      return false;
  }
}

const isPrivateName = (node: SyntaxNode | null): boolean => node?.type === "PrivateIdentifier";
const isPrivateKey = (member: SyntaxNode): boolean => isPrivateName(one(member, "key"));
