// What somebody who has a name in hand gets hold of: what the name's value was made of, what was put into it, and what all
// functions and classes among that use. `getSettings().size = 2` changes what `getSettings` has, `list[0].n = 4` what was
// pushed into the list, and a generator of random numbers is another one after each call.
import { effectsOfWriting } from "./effects.ts";
import type { Effects } from "./facts.ts";
import type { BundleKnowledge } from "./knowledge.ts";
import type { Piece } from "./pieces.ts";
import { isClass, isFunction } from "./syntax.ts";

export class Reach {
  readonly #knowledge: BundleKnowledge;
  readonly #steps = new Map<Piece, Steps>();
  readonly #put = new Map<Piece, Steps>();
  readonly #nodes = new Map<string, Node>();
  readonly #nothing = new PutThere(null, null);
  #walk = 0;

  constructor(knowledge: BundleKnowledge) {
    this.#knowledge = knowledge;
  }

  /** A piece changes a name for certain. */
  writes(name: string, piece: Piece): void {
    this.#node(name).certain.set(piece, this.#putBy(piece));
  }

  /** A piece may change a name. Whether that was not known before. */
  mayWrite(name: string, piece: Piece): boolean {
    const node = this.#node(name);
    if (node.perhaps.has(piece)) return false;
    node.perhaps.add(piece);
    node.put = node.put.and(this.#putBy(piece));
    return true;
  }

  /** Names with the same writers, in whatever order they were found, share from now on what these have put there. */
  settle(): void {
    for (const node of this.#nodes.values()) {
      node.put = this.#nothing;
      for (const piece of [...node.perhaps].sort((a, b) => a.index - b.index))
        node.put = node.put.and(this.#putBy(piece));
    }
  }

  /** By name, the pieces that change it. */
  writers(): ReadonlyMap<string, ReadonlySet<Piece>> {
    const all = new Map<string, ReadonlySet<Piece>>();
    for (const { name, certain, perhaps } of this.#nodes.values())
      if (certain.size + perhaps.size > 0) all.set(name, new Set([...certain.keys(), ...perhaps]));
    return all;
  }

  /** What a piece does is known better than by looking through all of it. */
  puts(piece: Piece, effects: Effects): void {
    this.#put.set(piece, new Steps(() => this.#found(effects)));
  }

  /** Names that may be changed by a piece when it is loaded. */
  changedBy(effects: Effects): ReadonlySet<string> {
    const changed = new Set(effects.writes);
    const begin = [...effects.deep];
    if (effects.opaque) {
      for (const name of this.#handedOut(effects)) changed.add(name);
      begin.push(...effects.reads, ...effects.calls);
    }
    const { names, changes } = this.#from(begin);
    for (const node of names) if (this.#isChangeable(node)) changed.add(node.name);
    for (const { name } of changes) changed.add(name);
    return changed;
  }

  /** Names whose state a piece may look at when it is loaded. */
  seenBy({ reads, calls }: Effects): ReadonlySet<string> {
    const { names, changes } = this.#from([...reads, ...calls]);
    return new Set([...names, ...changes].map(({ name }) => name));
  }

  /** Whether something that every block may notice may be run by a piece when it is loaded. */
  reachesGlobal({ reads, calls }: Effects): boolean {
    return this.#from([...reads, ...calls]).global;
  }

  /** Every piece that is run for certain. */
  calledBy({ calls }: Effects): ReadonlySet<Piece> {
    const found = new Set<Piece>();
    const names = new Set(calls);
    // A Set is walked through with what is added meanwhile.
    for (const name of names) {
      for (const piece of this.#about(name)) {
        found.add(piece);
        for (const next of this.#knowledge.all(piece).calls) names.add(next);
      }
    }
    return found;
  }

  /** The names themselves and all that is behind them, and what is changed by who runs what is there. */
  #from(begin: readonly string[]): Reached {
    const walk = ++this.#walk;
    const names: Node[] = [];
    const changes = new Set<Node>();
    let global = false;
    const meet = (node: Node) => {
      if (node.met === walk) return;
      node.met = walk;
      names.push(node);
    };
    const pass = (steps: Steps) => {
      if (steps.passed === walk) return;
      steps.passed = walk;
      const found = steps.found();
      for (const node of found.next) meet(node);
      for (const node of found.changes) changes.add(node);
      global ||= found.global;
    };
    for (const name of begin) meet(this.#node(name));
    for (let at = 0; at < names.length; at++) {
      const node = names[at];
      if (node === undefined || this.#isPrimitive(node)) continue;
      node.made ??= this.#declaring(node.name).map((piece) => this.#stepsOf(piece));
      for (const steps of node.made) pass(steps);
      for (const steps of node.certain.values()) pass(steps);
      for (const steps of node.put.notPassed(walk)) pass(steps);
    }
    return { names, changes, global };
  }

  #stepsOf(piece: Piece): Steps {
    const known = this.#steps.get(piece);
    if (known !== undefined) return known;
    const steps = new Steps(() => this.#found(this.#knowledge.all(piece), piece.names));
    this.#steps.set(piece, steps);
    return steps;
  }

  /** What a piece may have put into what it changes. */
  #putBy(piece: Piece): Steps {
    if (piece.kind === "class" && !this.#put.has(piece))
      this.#put.set(piece, new Steps(() => this.#found(effectsOfWriting(piece, this.#knowledge))));
    return this.#put.get(piece) ?? this.#stepsOf(piece);
  }

  #found(all: Effects, more: readonly string[] = []): Found {
    const handedOut = all.opaque ? this.#handedOut(all) : [];
    const nodes = (names: readonly string[]) => [...new Set(names)].map((name) => this.#node(name));
    return {
      next: nodes([...more, ...all.reads, ...all.calls, ...all.deep]),
      changes: nodes([...all.writes, ...handedOut]),
      global: all.global,
    };
  }

  #node(name: string): Node {
    const known = this.#nodes.get(name);
    if (known !== undefined) return known;
    const node: Node = {
      name,
      certain: new Map(),
      perhaps: new Set(),
      put: this.#nothing,
      made: null,
      met: 0,
      primitive: null,
      changeable: null,
    };
    this.#nodes.set(name, node);
    return node;
  }

  /** Also functions and classes, which are only changed by who gets them as a value. */
  #handedOut({ given, reads }: Effects): readonly string[] {
    const classes = [...reads].filter((name) => isClass(this.#knowledge.valueOf(name)));
    return [...[...given].filter((name) => !this.#isPrimitive(this.#node(name))), ...classes];
  }

  #declaring(name: string): readonly Piece[] {
    const meaning = this.#knowledge.bundle.meanings.get(name);
    return meaning?.kind === "pieces" ? meaning.pieces : [];
  }

  #about(name: string): readonly Piece[] {
    const { certain, perhaps } = this.#node(name);
    return [...this.#declaring(name), ...certain.keys(), ...perhaps];
  }

  #isPrimitive(node: Node): boolean {
    node.primitive ??= this.#knowledge.isPrimitive(node.name);
    return node.primitive;
  }

  /** Not a number or a text; nor a function: a decorator that many classes share is not changed by any of them. */
  #isChangeable(node: Node): boolean {
    node.changeable ??= this.#mayChange(node);
    return node.changeable;
  }

  #mayChange(node: Node): boolean {
    const value = this.#knowledge.valueOf(node.name);
    if (value !== null && isClass(value)) return this.#knowledge.hasState(value);
    return !isFunction(value) && !this.#isPrimitive(node);
  }
}

/** A name, with what is known of it. */
interface Node {
  readonly name: string;
  /** Who changes it for certain, and what is put into it by that. */
  readonly certain: Map<Piece, Steps>;
  /** Who may change it, and what may be put into it by that. */
  readonly perhaps: Set<Piece>;
  put: PutThere;
  /** What it was made of. */
  made: readonly Steps[] | null;
  /** In which walk it was met last. */
  met: number;
  primitive: boolean | null;
  changeable: boolean | null;
}

interface Found {
  /** Names that lead on. */
  readonly next: readonly Node[];
  /** Names that are changed, apart from what can be changed behind those. */
  readonly changes: readonly Node[];
  /** Every block may notice. */
  readonly global: boolean;
}

interface Reached {
  readonly names: readonly Node[];
  readonly changes: ReadonlySet<Node>;
  readonly global: boolean;
}

/** From a piece on; found when somebody comes that way. */
class Steps {
  /** In which walk it was passed last. */
  passed = 0;
  readonly #find: () => Found;
  #known: Found | null = null;

  constructor(find: () => Found) {
    this.#find = find;
  }

  found(): Found {
    this.#known ??= this.#find();
    return this.#known;
  }
}

/**
 * What was put somewhere, one after the other. Names into which the same was put share it: in a large library hundreds of
 * names have the same hundreds of writers, which are passed once.
 */
class PutThere {
  readonly #before: PutThere | null;
  readonly #last: Steps | null;
  readonly #after = new Map<Steps, PutThere>();
  #passed = 0;

  constructor(before: PutThere | null, last: Steps | null) {
    this.#before = before;
    this.#last = last;
  }

  and(steps: Steps): PutThere {
    const known = this.#after.get(steps) ?? new PutThere(this, steps);
    this.#after.set(steps, known);
    return known;
  }

  notPassed(walk: number): readonly Steps[] {
    const found: Steps[] = [];
    for (let at: PutThere | null = this; at !== null && at.#passed !== walk; at = at.#before) {
      at.#passed = walk;
      if (at.#last !== null) found.push(at.#last);
    }
    return found;
  }
}
