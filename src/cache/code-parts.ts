// From a block's class to everything that its code consists of, and to the digests of it. Pieces are numbered in the order
// in which they are reached, so that neither their place in the bundle nor what it calls them counts.
import { partName } from "./code-part-names.ts";
import type { BundleCode, Piece } from "./code-pieces.ts";
import { plainName, type Skeleton, skeletonOf } from "./code-text.ts";
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
  /** The names that it uses. */
  readonly names: readonly string[];
  /** What these are called in digests. */
  readonly called: readonly string[];
  /** As long as no two of its names are called the same. */
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
  readonly #skeletons = new Map<Piece, Skeleton>();
  readonly #linked = new Map<Piece, Linked>();
  readonly #graphs = new Map<Piece, Digest>();

  constructor(bundle: BundleCode, writers: Writers) {
    this.#bundle = bundle;
    this.#writers = writers;
  }

  /** @param roots the block's class first. */
  from(roots: readonly [Piece, ...Piece[]]): Code {
    const { reached, digest } = this.#graph([...roots, ...this.#writers.everywhere]);
    const evaluating = reached.find(({ evaluates }) => evaluates);
    if (evaluating !== undefined) return { kind: "evaluates", part: evaluating.part };
    return { kind: "code", digest, parts: this.#named(reached) };
  }

  #graph(roots: readonly Piece[]): { readonly reached: readonly Linked[]; readonly digest: Digest } {
    const numbers = new Map<Piece, number>();
    const reached: Linked[] = [];
    for (const root of roots) this.#reach(root, numbers, reached);
    const lines = reached.map((linked) => graphLine(linked, numbers));
    return { reached, digest: digestOf(lines.join("\n")) };
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
      called: uses.map(plainName),
      uses: uses.map((name) => {
        const pieces = this.#declaring(name);
        return { pieces, places: pieces.map(({ names }) => names.indexOf(name)).join() };
      }),
      writers: piece.names.map((name) => this.#writers.of.get(name) ?? []),
      evaluates: /\beval\(/.test(piece.text),
    };
    const linked: Linked = { ...unsigned, digest: digestOf(this.#text(unsigned, unsigned.called)) };
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
    const shared = sharedLabels(reached);
    const byName = Map.groupBy(reached, ({ part }) => part);
    const [first, ...others] = [...byName].map(([name, all]) => {
      const digests = all.map((linked) => this.#digestOf(linked, shared));
      const [only, ...more] = digests;
      const digest = only !== undefined && more.length === 0 ? only : digestOf(digests.toSorted().join(" "));
      return { name, digest };
    });
    return first === undefined ? [] : [first, ...others.sort((a, b) => (a.name < b.name ? -1 : 1))];
  }

  /** Two names that would be called the same are told apart by all that they consist of. */
  #digestOf(linked: Linked, shared: ReadonlySet<string>): Digest {
    const { piece, called, names } = linked;
    if (!called.some((label) => shared.has(label))) return linked.digest;
    const labels = names.map((name, at) => {
      const label = called[at] ?? "";
      if (!shared.has(label) || piece.names.includes(name)) return label;
      return `${label}=${this.#declaring(name)
        .map((declaring) => this.#wholeOf(declaring))
        .join("+")}`;
    });
    return digestOf(this.#text(linked, labels));
  }

  /** All parts together must say as much as the graph: also in which order a table is filled. */
  #text({ piece, skeleton, writers }: Omit<Linked, "digest">, labels: readonly string[]): string {
    const order = writers.map((pieces) =>
      pieces.length < 2 ? "" : pieces.map((writer) => this.#skeleton(writer).digest).join("+"),
    );
    return [skeleton, ...piece.names.map(plainName), ...labels, ...order].join(" ");
  }

  #wholeOf(piece: Piece): Digest {
    const known = this.#graphs.get(piece) ?? this.#graph([piece]).digest;
    this.#graphs.set(piece, known);
    return known;
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

function sharedLabels(reached: readonly Linked[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { piece } of reached) {
    for (const label of piece.names.map(plainName)) (seen.has(label) ? shared : seen).add(label);
  }
  return shared;
}
