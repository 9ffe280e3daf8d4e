// Which pieces of a bundle make others what they are: the class that a decorator is put on, the table that is filled, line by
// line, behind its declaration. A block that uses the table depends on every such line.
import { partOf } from "./class.ts";
import { effectsBesideBlocks, effectsOfLoading, effectsOfMaking } from "./effects.ts";
import type { Effects } from "./facts.ts";
import type { BundleKnowledge } from "./knowledge.ts";
import type { BundleCode, Piece } from "./pieces.ts";
import { Reach } from "./reach.ts";

export interface Writers {
  /** By name of the top level, the pieces that change it when the bundle is loaded, in their order. */
  readonly of: ReadonlyMap<string, readonly Piece[]>;
  /** What changes the language or the runtime for everybody. */
  readonly everywhere: readonly Piece[];
  /**
   * How much has been done to the names that a piece looks at when it is loaded: for each that has writers, how many of
   * them stand before the piece. `const size = settings.n * 2` is another number behind `settings.n = 5` than before it.
   */
  readonly before: (piece: Piece) => ReadonlyMap<string, number>;
}

export function writersIn(bundle: BundleCode, knowledge: BundleKnowledge): Writers {
  const finder = new WriterFinder(knowledge);
  for (const piece of bundle.pieces) finder.add(piece);
  finder.spread();
  return finder;
}

interface Acting {
  readonly piece: Piece;
  readonly effects: Effects;
}

class WriterFinder implements Writers {
  readonly of = new Map<string, readonly Piece[]>();
  readonly everywhere: Piece[] = [];
  readonly #knowledge: BundleKnowledge;
  readonly #reach: Reach;
  readonly #acting: Acting[] = [];

  constructor(knowledge: BundleKnowledge) {
    this.#knowledge = knowledge;
    this.#reach = new Reach(knowledge);
  }

  /** First what is changed for certain. */
  add(piece: Piece): void {
    if (doesNothing(piece)) return;
    const beside = effectsBesideBlocks(piece, this.#knowledge);
    this.#acts({ piece, effects: beside.effects });
    for (const node of beside.apart) {
      const made = partOf(piece, node, "new …(…)");
      const effects = effectsOfMaking(made, node, this.#knowledge);
      this.#reach.puts(made, effects);
      this.#acts({ piece: made, effects });
    }
  }

  #acts({ piece, effects }: Acting): void {
    if (effects.opaque || effects.global || effects.outside || effects.writes.size > 0)
      this.#acting.push({ piece, effects });
    for (const name of effects.writes) this.#reach.writes(name, piece);
  }

  /** What is put into something can be changed by whoever changes that: until nothing more is found. */
  spread(): void {
    for (let found = true; found; this.#reach.settle()) {
      found = false;
      for (const { piece, effects } of this.#acting) {
        if (!effects.opaque && effects.deep.size === 0) continue;
        for (const name of this.#reach.changedBy(effects))
          if (this.#reach.mayWrite(name, piece)) found = true;
      }
    }
    for (const { piece, effects } of this.#acting)
      if (this.#isEverywhere(piece, effects)) this.everywhere.push(piece);
    for (const [name, pieces] of this.#reach.writers())
      this.of.set(
        name,
        [...pieces].sort((a, b) => a.index - b.index),
      );
  }

  before(piece: Piece): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    if (isOnlyDefined(piece)) return counts;
    for (const name of this.#reach.seenBy(effectsOfLoading(piece, this.#knowledge))) {
      const writers = this.of.get(name);
      if (writers !== undefined) counts.set(name, countBefore(piece, writers));
    }
    return counts;
  }

  #isEverywhere(piece: Piece, effects: Effects): boolean {
    const acts = piece.kind === "statement";
    if (effects.global || (acts && effects.outside)) return true;
    if (!effects.opaque) return false;
    if (this.#reach.reachesGlobal(effects)) return true;
    return acts && [...this.#reach.calledBy(effects)].some((called) => this.#knowledge.all(called).outside);
  }
}

/** @param writers in their order */
function countBefore(piece: Piece, writers: readonly Piece[]): number {
  let [low, high] = [0, writers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((writers[middle]?.index ?? 0) < piece.index) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Seen without parsing it: functions, classes without static parts, variables that begin with plain values. */
function doesNothing(piece: Piece): boolean {
  if (isOnlyDefined(piece)) return true;
  return piece.kind === "variable" && !/[(`=]|\+\+|--|\b(?:delete|new)\b/.test(valueIn(piece));
}

/** Nothing is worked out when it is loaded. */
function isOnlyDefined(piece: Piece): boolean {
  const { kind, text } = piece;
  switch (kind) {
    case "function":
    case "data":
      return true;
    case "class": {
      const head = text.slice(0, text.indexOf("{"));
      return !/[(=[]/.test(head) && !/\bstatic\b|^\s*(?:(?:get|set|async) )?\*?\[/m.test(text);
    }
    case "variable": {
      const value = valueIn(piece);
      return /^ (?:async )?function\b/.test(value) && (value.endsWith("\n};") || value.endsWith("{};"));
    }
    default:
      return false;
  }
}

const valueIn = ({ text }: Piece): string => text.slice(text.indexOf("=") + 1);
