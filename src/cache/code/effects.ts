// What a piece of a bundle may do to others. `table.set("a", 1)` beside `const table` belongs to whoever uses `table`; without
// it an edit of that line would go unnoticed. In doubt something counts as changed: a block that is run again for nothing
// costs time, one that is not run again gives wrong results.
import { dataText } from "./data.ts";
import { EffectReader } from "./effect-reader.ts";
import type { Effects, Knowledge } from "./facts.ts";
import type { BundleCode, Parsed, Piece } from "./pieces.ts";
import { isClass, type SyntaxNode } from "./syntax.ts";

/** What happens to the piece when the bundle is loaded. */
export const effectsOfLoading = (piece: Piece, knowledge: Knowledge): Effects =>
  loaded(piece, knowledge, null);

/** As above, without what is done by making blocks to be appended; `apart` are the places where they are made. */
export function effectsBesideBlocks(
  piece: Piece,
  knowledge: Knowledge,
): { readonly effects: Effects; readonly apart: readonly SyntaxNode[] } {
  const apart: SyntaxNode[] = [];
  return { effects: loaded(piece, knowledge, apart), apart };
}

function loaded(piece: Piece, knowledge: Knowledge, apart: SyntaxNode[] | null): Effects {
  if (piece.kind === "data") return dataEffects(piece, knowledge.bundle);
  const parsed = piece.parsed();
  const reader = new EffectReader(parsed, knowledge);
  reader.apart = apart;
  for (const node of parsed.nodes) reader.load(node);
  return reader;
}

/** Of what is imported as data: nothing happens when it is loaded. */
export function dataEffects(piece: Piece, bundle: BundleCode): Effects {
  const none: ReadonlySet<string> = new Set();
  const { uses } = dataText(piece.text, (name) => bundle.meanings.get(name)?.kind === "pieces");
  const nothing = {
    writes: none,
    deep: none,
    given: none,
    calls: none,
    opaque: false,
    global: false,
    outside: false,
    handsOutThis: false,
  };
  return { ...nothing, reads: new Set(uses) };
}

/** What is done by making a block, and by working out what it is made with. */
export function effectsOfMaking(piece: Piece, node: SyntaxNode, knowledge: Knowledge): Effects {
  const reader = new EffectReader(piece.parsed(), knowledge);
  reader.make(node);
  return reader;
}

/** What the piece puts into what it changes may do once it is called: of a class, all but what its instances do. */
export function effectsOfWriting(piece: Piece, knowledge: Knowledge): Effects {
  const parsed = piece.parsed();
  const reader = new EffectReader(parsed, knowledge);
  reader.later = true;
  for (const node of parsed.nodes) {
    if (isClass(node)) reader.static(node);
    else reader.visit(node);
  }
  if (reader.handsOutThis) for (const name of piece.names) reader.reads.add(name);
  return reader;
}

/** What may happen once its functions are called, too. */
export function effectsOfAll(parsed: Parsed, nodes: readonly SyntaxNode[], knowledge: Knowledge): Effects {
  const reader = new EffectReader(parsed, knowledge);
  reader.later = true;
  for (const node of nodes) reader.visit(node);
  return reader;
}

/** As for a constructor: `this` is new, and may be changed. */
export function effectsOnNew(parsed: Parsed, nodes: readonly SyntaxNode[], knowledge: Knowledge): Effects {
  const reader = new EffectReader(parsed, knowledge);
  for (const node of nodes) reader.inConstructor(node);
  return reader;
}
