// From a block's class to everything that its code consists of, and to the digests of it. Pieces are numbered in the order
// in which they are reached, so that neither their place in the bundle nor what it calls them counts.
import { partName } from "./code-part-names.ts";
import type { BundleCode, Piece } from "./code-pieces.ts";
import { plainName, skeletonOf } from "./code-text.ts";
import type { Writers } from "./code-writers.ts";
import { digestOf } from "./digest.ts";
import type { CodePart, Digest } from "./record.ts";

export type Code =
  | { readonly kind: "code"; readonly digest: Digest; readonly parts: readonly CodePart[] }
  /** Evaluates a text, which may use any name. */
  | { readonly kind: "evaluates"; readonly part: string };

/** A piece with its surroundings: worked out once, however many blocks use it. */
interface Linked {
  readonly piece: Piece;
  readonly part: string;
  readonly skeleton: Digest;
  /** Of the text with the names that it uses. */
  readonly digest: Digest;
  /** What it refers to: the pieces of each name, and which of their names it is. */
  readonly uses: readonly { readonly pieces: readonly Piece[]; readonly places: string }[];
  /** What else makes its own names what they are. */
  readonly writers: readonly (readonly Piece[])[];
  readonly evaluates: boolean;
}

export class CodeParts {
  readonly #bundle: BundleCode;
  readonly #writers: Writers;
  readonly #linked = new Map<Piece, Linked>();
  readonly #labels = new Map<string, string>();
  readonly #sharedLabels: ReadonlySet<string>;

  constructor(bundle: BundleCode, writers: Writers) {
    this.#bundle = bundle;
    this.#writers = writers;
    const seen = new Set<string>();
    const shared = new Set<string>();
    for (const name of bundle.meanings.keys()) {
      const label = plainName(name);
      (seen.has(label) ? shared : seen).add(label);
    }
    this.#sharedLabels = shared;
  }

  /** @param roots the block's class first. */
  from(roots: readonly [Piece, ...Piece[]]): Code {
    const numbers = new Map<Piece, number>();
    const reached: Linked[] = [];
    for (const root of [...roots, ...this.#writers.everywhere]) this.#reach(root, numbers, reached);
    const evaluating = reached.find(({ evaluates }) => evaluates);
    if (evaluating !== undefined) return { kind: "evaluates", part: evaluating.part };
    const graph = reached.map((linked) => graphLine(linked, numbers));
    return { kind: "code", digest: digestOf(graph.join("\n")), parts: named(reached) };
  }

  #reach(root: Piece, numbers: Map<Piece, number>, reached: Linked[]): void {
    let next = reached.length;
    const reach = (piece: Piece) => {
      if (numbers.has(piece)) return;
      numbers.set(piece, numbers.size);
      reached.push(this.#link(piece));
    };
    reach(root);
    for (; next < reached.length; next++) {
      for (const { pieces } of reached[next]?.uses ?? []) for (const piece of pieces) reach(piece);
      for (const pieces of reached[next]?.writers ?? []) for (const piece of pieces) reach(piece);
    }
  }

  #link(piece: Piece): Linked {
    const known = this.#linked.get(piece);
    if (known !== undefined) return known;
    const { digest: skeleton, uses } = skeletonOf(piece, this.#bundle);
    const linked: Linked = {
      piece,
      part: partName(piece, this.#bundle),
      skeleton,
      digest: digestOf([skeleton, ...[...uses, ...piece.names].map((name) => this.#label(name))].join(" ")),
      uses: uses.map((name) => {
        const pieces = this.#declaring(name);
        return { pieces, places: pieces.map(({ names }) => names.indexOf(name)).join() };
      }),
      writers: piece.names.map((name) => this.#writers.of.get(name) ?? []),
      evaluates: /\beval\(/.test(piece.text),
    };
    this.#linked.set(piece, linked);
    return linked;
  }

  /** What a name is called in digests; two that would be called the same are told apart by what they stand for. */
  #label(name: string): string {
    const plain = plainName(name);
    if (!this.#sharedLabels.has(plain)) return plain;
    const known = this.#labels.get(name);
    if (known !== undefined) return known;
    const says = this.#declaring(name).map((piece) => skeletonOf(piece, this.#bundle).digest);
    const label = `${plain}=${says.join("+")}`;
    this.#labels.set(name, label);
    return label;
  }

  #declaring(name: string): readonly Piece[] {
    const meaning = this.#bundle.meanings.get(name);
    return meaning?.kind === "pieces" ? meaning.pieces : [];
  }
}

/** What a piece says, what it is called, what its names stand for, and what else makes it what it is. */
function graphLine({ piece, skeleton, uses, writers }: Linked, numbers: ReadonlyMap<Piece, number>): string {
  const list = (pieces: readonly Piece[]) => pieces.map((one) => numbers.get(one)).join("+");
  const used = uses.map(({ pieces, places }) => `${list(pieces)}.${places}`).join();
  return `${skeleton} ${piece.names.map(plainName).join()} ${used} ${writers.map(list).join()}`;
}

/** The first stays the first; what has one name, as the pieces of a package, is one part. */
function named(reached: readonly Linked[]): readonly CodePart[] {
  const byName = Map.groupBy(reached, ({ part }) => part);
  const [first, ...others] = [...byName].map(([name, all]) => {
    const [only, ...more] = all.map(({ digest }) => digest);
    const digest = only !== undefined && more.length === 0 ? only : digestOf(sorted([only, ...more]));
    return { name, digest };
  });
  return first === undefined ? [] : [first, ...others.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

const sorted = (digests: readonly (Digest | undefined)[]): string => digests.toSorted().join(" ");
