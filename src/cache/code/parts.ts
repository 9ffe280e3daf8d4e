// From a block's class to everything that its code consists of, and to the digests of it. Pieces are numbered in the order
// in which they are reached, so that neither their place in the bundle nor what it calls them counts.

import { digestOf } from "../digest.ts";
import type { CodePart, Digest } from "../record.ts";
import { plainName } from "./given-names.ts";
import { partName } from "./part-names.ts";
import type { BundleCode, Piece } from "./pieces.ts";
import { type Skeleton, skeletonOf } from "./text.ts";
import type { Writers } from "./writers.ts";

export type Code =
  | { readonly kind: "code"; readonly digest: Digest; readonly parts: readonly CodePart[] }
  /** Evaluates a text, which may use any name. */
  | { readonly kind: "evaluates"; readonly part: string };

/** A piece with its surroundings: worked out once, however many blocks use it. */
interface Linked {
  readonly piece: Piece;
  readonly part: string;
  readonly skeleton: Digest;
  /** The names that it uses. */
  readonly names: readonly string[];
  /** As long as no two of its names are called the same. */
  readonly digest: Digest;
  /** What it refers to: the pieces of each name, and which of their names it is. */
  readonly uses: readonly { readonly pieces: readonly Piece[]; readonly places: string }[];
  /** What else makes its own names what they are. */
  readonly writers: readonly (readonly Piece[])[];
  /** How much had been done, when it was loaded, to what it looks at. */
  readonly before: ReadonlyMap<string, number>;
  readonly evaluates: boolean;
}

export class CodeParts {
  readonly #bundle: BundleCode;
  readonly #writers: Writers;
  readonly #skeletons = new Map<Piece, Skeleton>();
  readonly #names = new Map<string, string>();
  readonly #linked = new Map<Piece, Linked>();

  constructor(bundle: BundleCode, writers: Writers) {
    this.#bundle = bundle;
    this.#writers = writers;
  }

  readonly #plain = (name: string): string => {
    const known = this.#names.get(name) ?? plainName(name, this.#bundle);
    this.#names.set(name, known);
    return known;
  };

  /** @param roots the block's class first. */
  from(roots: readonly [Piece, ...Piece[]]): Code {
    const numbers = new Map<Piece, number>();
    const reached: Linked[] = [];
    for (const root of [...roots, ...this.#writers.everywhere]) this.#reach(root, numbers, reached);
    const evaluating = reached.find(({ evaluates }) => evaluates);
    if (evaluating !== undefined) return { kind: "evaluates", part: evaluating.part };
    const graph = reached.map((linked) => graphLine(linked, { numbers, plain: this.#plain })).join("\n");
    return { kind: "code", digest: digestOf(graph), parts: this.#named(reached) };
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
    const { digest: skeleton, uses } = this.#skeleton(piece);
    const unsigned = {
      piece,
      part: partName(piece, this.#bundle),
      skeleton,
      names: uses,
      uses: uses.map((name) => {
        const pieces = this.#declaring(name);
        return { pieces, places: pieces.map(({ names }) => names.indexOf(name)).join() };
      }),
      writers: piece.names.map((name) => this.#writers.of.get(name) ?? []),
      before: this.#writers.before(piece),
      evaluates: /\beval\(/.test(piece.text),
    };
    const linked: Linked = { ...unsigned, digest: digestOf(this.#text(unsigned, this.#plain)) };
    this.#linked.set(piece, linked);
    return linked;
  }

  #skeleton(piece: Piece): Skeleton {
    const known = this.#skeletons.get(piece) ?? skeletonOf(piece, this.#bundle);
    this.#skeletons.set(piece, known);
    return known;
  }

  /** The first stays the first; what has one name, as the pieces of a package, is one part. */
  #named(reached: readonly Linked[]): readonly CodePart[] {
    const shared = sharedLabels(reached, this.#plain);
    const byName = Map.groupBy(reached, ({ part }) => part);
    const [first, ...others] = [...byName].map(([name, all]) => {
      const digests = all.map((linked) => this.#digestOf(linked, shared));
      const [only, ...more] = digests;
      const digest = only !== undefined && more.length === 0 ? only : digestOf(digests.toSorted().join(" "));
      return { name, digest };
    });
    return first === undefined ? [] : [first, ...others.sort((a, b) => (a.name < b.name ? -1 : 1))];
  }

  /** Two names that would be called the same are told apart by which of them is reached first. */
  #digestOf(linked: Linked, shared: ReadonlyMap<string, string>): Digest {
    const { piece, names, before } = linked;
    if (![...names, ...piece.names, ...before.keys()].some((name) => shared.has(name))) return linked.digest;
    return digestOf(this.#text(linked, (name) => shared.get(name) ?? this.#plain(name)));
  }

  /** All parts together must say as much as the graph: also in which order a table is filled. */
  #text(
    { piece, skeleton, names, writers, before }: Omit<Linked, "digest">,
    label: (name: string) => string,
  ): string {
    const order = writers.map((pieces) =>
      pieces.length < 2 ? "" : pieces.map((writer) => this.#skeleton(writer).digest).join("+"),
    );
    const seen = [...before].map(([name, count]) => `${label(name)}:${count}`).sort();
    return [skeleton, ...piece.names.map(label), ...names.map(label), ...order, ...seen].join(" ");
  }

  #declaring(name: string): readonly Piece[] {
    const meaning = this.#bundle.meanings.get(name);
    return meaning?.kind === "pieces" ? meaning.pieces : [];
  }
}

/** What a piece says, what it is called, what its names stand for, and what else makes it what it is. */
function graphLine(
  { piece, skeleton, uses, writers, before }: Linked,
  {
    numbers,
    plain,
  }: { readonly numbers: ReadonlyMap<Piece, number>; readonly plain: (name: string) => string },
): string {
  const list = (pieces: readonly Piece[]) => pieces.map((one) => numbers.get(one)).join("+");
  const used = uses.map(({ pieces, places }) => `${list(pieces)}.${places}`).join();
  const seen = [...before].map(([name, count]) => `${plain(name)}:${count}`).sort();
  return `${skeleton} ${piece.names.map(plain).join()} ${used} ${writers.map(list).join()} ${seen.join()}`;
}

/** For names that others are called like, too, what they are called instead. */
function sharedLabels(
  reached: readonly Linked[],
  plain: (name: string) => string,
): ReadonlyMap<string, string> {
  const byLabel = Map.groupBy(new Set(reached.flatMap(({ piece }) => piece.names)), plain);
  const labels = new Map<string, string>();
  for (const [label, names] of byLabel) {
    if (names.length > 1) for (const [at, name] of names.entries()) labels.set(name, `${label}#${at}`);
  }
  return labels;
}
