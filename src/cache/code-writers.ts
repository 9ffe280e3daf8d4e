// Which pieces of a bundle make others what they are: the class that a decorator is put on, the table that is filled, line by
// line, behind its declaration. A block that uses the table depends on every such line.
import { effectsOfLoading } from "./code-effects.ts";
import type { Effects } from "./code-facts.ts";
import type { BundleKnowledge } from "./code-knowledge.ts";
import type { BundleCode, Piece } from "./code-pieces.ts";
import { isFunction } from "./code-syntax.ts";

export interface Writers {
  /** By name of the top level, the pieces that change it when the bundle is loaded, in their order. */
  readonly of: ReadonlyMap<string, readonly Piece[]>;
  /** What changes the language or the runtime for everybody. */
  readonly everywhere: readonly Piece[];
}

export function writersIn(bundle: BundleCode, knowledge: BundleKnowledge): Writers {
  const finder = new WriterFinder(bundle, knowledge);
  for (const piece of bundle.pieces) finder.add(piece);
  finder.spread();
  return finder;
}

class WriterFinder implements Writers {
  readonly of = new Map<string, Piece[]>();
  readonly everywhere: Piece[] = [];
  readonly #bundle: BundleCode;
  readonly #knowledge: BundleKnowledge;
  readonly #near = new Map<Piece, Neighbours>();
  readonly #acting: { readonly piece: Piece; readonly effects: Effects }[] = [];

  constructor(bundle: BundleCode, knowledge: BundleKnowledge) {
    this.#bundle = bundle;
    this.#knowledge = knowledge;
  }

  /** First what is assigned for certain: reaching through a name has to pass what was put into it. */
  add(piece: Piece): void {
    if (doesNothing(piece)) return;
    const effects = effectsOfLoading(piece, this.#knowledge);
    if (effects.opaque || effects.global || effects.outside || effects.writes.size > 0)
      this.#acting.push({ piece, effects });
    for (const name of effects.writes) this.#writes(name, piece);
  }

  spread(): void {
    for (const { piece, effects } of this.#acting) {
      const found = this.#mayChange(piece, effects);
      for (const name of found.names) this.#writes(name, piece);
      if (found.everywhere) this.everywhere.push(piece);
    }
    for (const pieces of this.of.values()) pieces.sort((a, b) => a.index - b.index);
  }

  #writes(name: string, piece: Piece): void {
    const known = this.of.get(name);
    if (known === undefined) this.of.set(name, [piece]);
    else if (!known.includes(piece)) known.push(piece);
  }

  #mayChange(piece: Piece, effects: Effects): { names: ReadonlySet<string>; everywhere: boolean } {
    const names = new Set<string>();
    const touch = (found: Effects) => {
      for (const name of found.writes) this.#withAliases(name, names);
      if (!found.opaque) return;
      for (const name of found.reads) {
        if (found.given.has(name) ? !this.#knowledge.isPrimitive(name) : this.#isChangeable(name))
          this.#withAliases(name, names);
      }
    };
    touch(effects);
    const acts = piece.kind === "statement";
    let everywhere = effects.global || (acts && effects.outside);
    if (effects.opaque) {
      for (const [reached, called] of this.#reachedFrom(effects, piece)) {
        const all = this.#knowledge.all(reached);
        touch(all);
        everywhere ||= all.global || (acts && called && all.outside);
      }
    }
    return { names, everywhere };
  }

  /** What can be called by somebody who has these names in hand, and whether it is for certain. */
  #reachedFrom(effects: Effects, from: Piece): ReadonlyMap<Piece, boolean> {
    const reached = new Map<Piece, boolean>([[from, true]]);
    const waiting: Piece[] = [];
    const reach = (pieces: readonly Piece[], called: boolean) => {
      for (const piece of pieces) {
        if (reached.has(piece)) continue;
        reached.set(piece, called);
        waiting.push(piece);
      }
    };
    for (const name of effects.calls) reach(this.#about(name), true);
    for (const name of effects.reads) reach(this.#about(name), false);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { calls, reads } = this.#neighbours(next);
      reach(calls, reached.get(next) === true);
      reach(reads, false);
    }
    reached.delete(from);
    return reached;
  }

  #neighbours(piece: Piece): Neighbours {
    const known = this.#near.get(piece);
    if (known !== undefined) return known;
    const { calls, reads } = this.#knowledge.all(piece);
    const about = (names: ReadonlySet<string>) => [...names].flatMap((name) => this.#about(name));
    const found = { calls: about(calls), reads: about(reads) };
    this.#near.set(piece, found);
    return found;
  }

  #about(name: string): readonly Piece[] {
    const meaning = this.#bundle.meanings.get(name);
    return [...(meaning?.kind === "pieces" ? meaning.pieces : []), ...(this.of.get(name) ?? [])];
  }

  /** Not a number or a text; nor a function: a decorator that many classes share is not changed by any of them. */
  #isChangeable(name: string): boolean {
    const isOne = isFunction(this.#knowledge.valueOf(name));
    return !isOne && !this.#knowledge.isPrimitive(name);
  }

  /** Whoever changes `all = { table }` may change `table`. */
  #withAliases(name: string, found: Set<string>): void {
    if (found.has(name)) return;
    found.add(name);
    for (const piece of this.#about(name)) {
      if (piece.kind === "function" || piece.kind === "class") continue;
      if (piece.kind === "statement" && !/^[\p{ID_Start}$_][\p{ID_Continue}$]* = /u.test(piece.text))
        continue;
      for (const other of effectsOfLoading(piece, this.#knowledge).reads) {
        if (this.#isChangeable(other)) this.#withAliases(other, found);
      }
    }
  }
}

interface Neighbours {
  readonly calls: readonly Piece[];
  readonly reads: readonly Piece[];
}

/** Seen without parsing it: functions, classes without static parts, variables that begin with plain values. */
function doesNothing({ kind, text }: Piece): boolean {
  switch (kind) {
    case "function":
    case "data":
      return true;
    case "class": {
      const head = text.slice(0, text.indexOf("{"));
      return !/[(=[]/.test(head) && !/\bstatic\b|^\s*(?:(?:get|set|async) )?\*?\[/m.test(text);
    }
    case "variable": {
      const value = text.slice(text.indexOf("=") + 1);
      return /^ (?:async )?function\b/.test(value)
        ? value.endsWith("\n};") || value.endsWith("{};")
        : !/[(`=]|\+\+|--|\b(?:delete|new)\b/.test(value);
    }
    default:
      return false;
  }
}
