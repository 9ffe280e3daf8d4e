// What the code of a block is: its class and, from there, everything of the bundle that the class uses and everything that
// makes these what they are. Two bundles give a block one digest where it would do the same in both, whatever else they
// hold; where that cannot be seen, the block's code is the whole bundle, and its only part says so.
import type { BlockName } from "../../core/ids.ts";
import { never } from "../../core/never.ts";
import { digestOf } from "../digest.ts";
import type { CodePart, Digest } from "../record.ts";
import { type FoundClass, findClass } from "./class.ts";
import { constructionOf } from "./construction.ts";
import { BundleKnowledge } from "./knowledge.ts";
import { movableText } from "./movable.ts";
import { CodeParts } from "./parts.ts";
import { NotUnderstood, type Piece, readBundle } from "./pieces.ts";
import { loadParser, type Parse } from "./syntax.ts";
import { writersIn } from "./writers.ts";

/**
 * Must change when the same bundle would have other digests than before.
 *
 *   1  pieces of the bundle, numbered as they are reached
 *   2  all that a call may reach, the order of what is read and changed, names as their authors wrote them
 */
export const codeVersion = 2;

export interface BlockCode {
  readonly block: BlockName;
  /** Over everything; the parts' digests say which part has changed. */
  readonly digest: Digest;
  /** The class first, then by name. */
  readonly parts: readonly CodePart[];
}

export interface BlockClass {
  readonly block: BlockName;
  /** The class's own name. */
  readonly name: string;
  /** What `Function.prototype.toString` says of it. */
  readonly source: string;
}

/** @param bundle the text of `pipeline.js`; `classes`: those of the blocks, in their order. */
export async function codeIdentities(
  bundle: string,
  classes: readonly BlockClass[],
): Promise<readonly BlockCode[]> {
  if (classes.length === 0) return [];
  const identities = new Identities(bundle, await loadParser());
  return classes.map((one, at) => {
    const same = (other: BlockClass) => other.source === one.source && other.name === one.name;
    const which = classes.slice(0, at).filter(same).length;
    return identities.of(one, { which, count: classes.filter(same).length });
  });
}

/** Which of the blocks of one class. */
interface Instance {
  readonly which: number;
  readonly count: number;
}

class Identities {
  readonly #text: string;
  readonly #parse: Parse;
  #movable: string | null = null;
  readonly #parts: CodeParts | null;
  readonly #knowledge: BundleKnowledge | null = null;

  constructor(text: string, parse: Parse) {
    this.#text = text;
    this.#parse = parse;
    try {
      this.#knowledge = new BundleKnowledge(readBundle(text, parse));
      this.#parts = new CodeParts(this.#knowledge.bundle, writersIn(this.#knowledge.bundle, this.#knowledge));
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      this.#parts = null;
    }
  }

  of(one: BlockClass, instance: Instance): BlockCode {
    if (this.#parts === null || this.#knowledge === null)
      return this.#whole(one, "the bundle is not understood");
    try {
      const found = findClass(one.source, one.name, this.#knowledge);
      if (found.kind === "not-found") return this.#whole(one, `class ${one.name} ${found.why}`);
      const roots = this.#roots(found, instance, this.#knowledge);
      if (roots === null) return this.#whole(one, `class ${one.name} has hidden state and is made anywhere`);
      const code = this.#parts.from(roots);
      if (code.kind === "evaluates") return this.#whole(one, `${code.part} uses eval`);
      const [first, ...others] = code.parts;
      const parts = first === undefined ? others : [{ ...first, name: `class ${one.name}` }, ...others];
      return { block: one.block, digest: code.digest, parts };
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      return this.#whole(one, error.message);
    }
  }

  #roots(
    found: FoundClass & { kind: "found" },
    { which, count }: Instance,
    knowledge: BundleKnowledge,
  ): readonly [Piece, ...Piece[]] | null {
    const construction = constructionOf(found, count, knowledge);
    switch (construction.kind) {
      case "visible":
        return [found.root];
      case "each":
        return [found.root, ...construction.sites.slice(which, which + 1)];
      case "any":
        return [found.root, ...construction.sites];
      case "anywhere":
        return null;
      default:
        return never(construction);
    }
  }

  #whole({ block }: BlockClass, why: string): BlockCode {
    this.#movable ??= movableText(this.#text, this.#parse);
    const digest = digestOf(this.#movable);
    return { block, digest, parts: [{ name: `the whole pipeline (${why})`, digest }] };
  }
}
