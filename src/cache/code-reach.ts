// What somebody who has a name in hand gets hold of: what the name's value was made of, what was put into it, and what all
// functions and classes among that use. `getSettings().size = 2` changes what `getSettings` has, `list[0].n = 4` what was
// pushed into the list, and a generator of random numbers is another one after each call.
import { effectsOfWriting } from "./code-effects.ts";
import type { Effects } from "./code-facts.ts";
import type { BundleKnowledge } from "./code-knowledge.ts";
import type { Piece } from "./code-pieces.ts";
import { isClass, isFunction } from "./code-syntax.ts";

export class Reach {
  readonly #knowledge: BundleKnowledge;
  readonly #writers: ReadonlyMap<string, readonly Piece[]>;
  readonly #steps = new Map<Piece, Steps>();
  readonly #put = new Map<Piece, Steps>();
  readonly #changeable = new Map<string, boolean>();

  /** @param writers by name, the pieces that change it; may grow. */
  constructor(knowledge: BundleKnowledge, writers: ReadonlyMap<string, readonly Piece[]>) {
    this.#knowledge = knowledge;
    this.#writers = writers;
  }

  /** What a piece does is known better than by looking through all of it. */
  puts(piece: Piece, effects: Effects): Steps {
    const put = this.#stepsIn(effects);
    this.#put.set(piece, put);
    return put;
  }

  /** Names that may be changed by a piece when it is loaded. */
  changedBy(effects: Effects): ReadonlySet<string> {
    const changed = new Set(effects.writes);
    const begin = new Set(effects.deep);
    if (effects.opaque) {
      for (const name of this.#handedOut(effects)) changed.add(name);
      for (const name of [...effects.reads, ...effects.calls]) begin.add(name);
    }
    for (const name of this.#from(begin)) {
      if (this.#isChangeable(name)) changed.add(name);
      for (const { changes } of this.#stepsFrom(name)) for (const other of changes) changed.add(other);
    }
    return changed;
  }

  /** Names whose state a piece may look at when it is loaded. */
  seenBy(effects: Effects): ReadonlySet<string> {
    const seen = new Set<string>();
    for (const name of this.#from(new Set([...effects.reads, ...effects.calls]))) {
      seen.add(name);
      for (const { changes } of this.#stepsFrom(name)) for (const other of changes) seen.add(other);
    }
    return seen;
  }

  /** Every piece that may be run by who has these names. */
  piecesFrom(effects: Effects): ReadonlySet<Piece> {
    const names = this.#from(new Set([...effects.reads, ...effects.calls]));
    return new Set([...names].flatMap((name) => this.#about(name)));
  }

  /** Every piece that is run for certain. */
  calledBy({ calls }: Effects): ReadonlySet<Piece> {
    const found = new Set<Piece>();
    const names = new Set(calls);
    for (const name of names) {
      for (const piece of this.#about(name)) {
        found.add(piece);
        for (const next of this.#knowledge.all(piece).calls) names.add(next);
      }
    }
    return found;
  }

  /** The names themselves, and all that is behind them. */
  #from(names: Set<string>): ReadonlySet<string> {
    // A Set is walked through with what is added meanwhile.
    for (const name of names) {
      if (this.#knowledge.isPrimitive(name)) continue;
      for (const { next } of this.#stepsFrom(name)) for (const other of next) names.add(other);
    }
    return names;
  }

  #stepsOf(piece: Piece): Steps {
    const known = this.#steps.get(piece);
    if (known !== undefined) return known;
    const { next, changes } = this.#stepsIn(this.#knowledge.all(piece));
    const steps = { next: new Set([...piece.names, ...next]), changes };
    this.#steps.set(piece, steps);
    return steps;
  }

  #stepsIn(all: Effects): Steps {
    const handedOut = all.opaque ? this.#handedOut(all) : [];
    return {
      next: new Set([...all.reads, ...all.calls, ...all.deep]),
      changes: new Set([...all.writes, ...handedOut]),
    };
  }

  /** From what the name was made of, and from what was put into it. */
  #stepsFrom(name: string): readonly Steps[] {
    const writers = this.#writers.get(name) ?? [];
    return [
      ...this.#declaring(name).map((piece) => this.#stepsOf(piece)),
      ...writers.map((piece) => this.#put.get(piece) ?? this.#putBy(piece)),
    ];
  }

  /** What a piece may have put into what it changes. */
  #putBy(piece: Piece): Steps {
    return piece.kind === "class"
      ? this.puts(piece, effectsOfWriting(piece, this.#knowledge))
      : this.#stepsOf(piece);
  }

  /** Also functions and classes, which are only changed by who gets them as a value. */
  #handedOut({ given, reads }: Effects): readonly string[] {
    const primitive = (name: string) => this.#knowledge.isPrimitive(name);
    const classes = [...reads].filter((name) => isClass(this.#knowledge.valueOf(name)));
    return [...[...given].filter((name) => !primitive(name)), ...classes];
  }

  #declaring(name: string): readonly Piece[] {
    const meaning = this.#knowledge.bundle.meanings.get(name);
    return meaning?.kind === "pieces" ? meaning.pieces : [];
  }

  #about(name: string): readonly Piece[] {
    return [...this.#declaring(name), ...(this.#writers.get(name) ?? [])];
  }

  /** Not a number or a text; nor a function: a decorator that many classes share is not changed by any of them. */
  #isChangeable(name: string): boolean {
    const known = this.#changeable.get(name);
    if (known !== undefined) return known;
    const value = this.#knowledge.valueOf(name);
    const found = isClass(value)
      ? value !== null && this.#knowledge.hasState(value)
      : !isFunction(value) && !this.#knowledge.isPrimitive(name);
    this.#changeable.set(name, found);
    return found;
  }
}

interface Steps {
  /** Names that lead on. */
  readonly next: ReadonlySet<string>;
  /** Names that it may change, apart from what can be changed behind those. */
  readonly changes: ReadonlySet<string>;
}
