// What a piece of a bundle may do to others. `table.set("a", 1)` beside `const table` belongs to whoever uses `table`; without
// it an edit of that line would go unnoticed. In doubt something counts as changed: a block that is run again for nothing
// costs time, one that is not run again gives wrong results.
import { CallEffects } from "./code-calls.ts";
import { dataText } from "./code-data.ts";
import type { Effects, Knowledge } from "./code-facts.ts";
import type { BundleCode, Parsed, Piece } from "./code-pieces.ts";
import {
  children,
  isClass,
  isFunction,
  many,
  memberName,
  one,
  type SyntaxNode,
  word,
} from "./code-syntax.ts";

/** What happens to the piece when the bundle is loaded. */
export function effectsOfLoading(piece: Piece, knowledge: Knowledge): Effects {
  if (piece.kind === "data") return dataEffects(piece, knowledge.bundle);
  const parsed = piece.parsed();
  const reader = new EffectReader(parsed, knowledge);
  for (const node of parsed.nodes) reader.load(node);
  return reader;
}

/** As above, without what is done by making blocks to be appended; `apart` are the places where they are made. */
export function effectsBesideBlocks(
  piece: Piece,
  knowledge: Knowledge,
): { readonly effects: Effects; readonly apart: readonly SyntaxNode[] } {
  if (piece.kind === "data") return { effects: dataEffects(piece, knowledge.bundle), apart: [] };
  const parsed = piece.parsed();
  const apart: SyntaxNode[] = [];
  const reader = new EffectReader(parsed, knowledge);
  reader.apart = apart;
  for (const node of parsed.nodes) reader.load(node);
  return { effects: reader, apart };
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

class EffectReader extends CallEffects {
  /** Functions that are only put somewhere do not run. */
  load(node: SyntaxNode): void {
    if (isFunction(node)) return;
    if (isClass(node)) {
      this.loadClass(node);
      return;
    }
    switch (node.type) {
      case "VariableDeclarator":
        this.loadVariable(node);
        return;
      case "ExpressionStatement":
      case "VariableDeclaration":
      case "ObjectExpression":
      case "ArrayExpression":
        for (const child of children(node)) this.load(child);
        return;
      case "Property":
        if (node.computed === true) this.visit(one(node, "key"));
        this.load(one(node, "value") ?? node);
        return;
      case "AssignmentExpression":
        this.target(one(node, "left"));
        this.load(one(node, "right") ?? node);
        return;
      default:
        this.visit(node);
    }
  }

  protected override keep(node: SyntaxNode): void {
    if (this.later) this.visit(node);
    else this.load(node);
  }

  /** Of `/* @__PURE__ *\/ new Vector()` the author says that it does nothing else; bundlers believe it, too. */
  protected loadVariable(node: SyntaxNode): void {
    const init = one(node, "init");
    const callee = init === null ? null : one(init, "callee");
    const before = init === null ? "" : this.source.slice(Math.max(0, init.start - pure.length), init.start);
    // The names that it declares are not read; defaults in a pattern are.
    if (one(node, "id")?.type !== "Identifier") this.visit(one(node, "id"));
    if (init === null || callee?.type !== "Identifier" || before !== pure) {
      if (init !== null) this.load(init);
      return;
    }
    this.note(callee, this.calls);
    for (const argument of many(init, "arguments")) this.visit(argument);
  }

  make(node: SyntaxNode): void {
    for (const argument of many(node, "arguments")) this.visit(argument);
    const name = word(one(node, "callee"), "name");
    const done = this.know.doneByNew(name);
    this.does(done);
    if (done === null || done.some(({ handsOutThis }) => handsOutThis)) this.calls.add(name);
    for (const { reads, calls, given, outside } of done ?? []) {
      for (const read of reads) this.reads.add(read);
      for (const called of calls) this.calls.add(called);
      for (const one of given) this.given.add(one);
      this.outside ||= outside;
    }
  }

  static(node: SyntaxNode): void {
    for (const member of many(one(node, "body") ?? node, "body")) {
      if (member.computed === true) this.visit(one(member, "key"));
      if (member.type === "StaticBlock") this.withNewThis(member);
      else if (member.type === "PropertyDefinition" && member.static === true) this.withNewThis(member);
    }
  }

  inConstructor(node: SyntaxNode): void {
    this.thisIsNew = true;
    if (isFunction(node)) for (const child of children(node)) this.visit(child);
    else this.visit(node);
    this.thisIsNew = false;
  }

  visit(node: SyntaxNode | null): void {
    if (node === null) return;
    switch (node.type) {
      case "Super":
        return;
      case "ThisExpression":
        this.handsOutThis = true;
        return;
      case "Identifier":
        this.note(node, this.reads);
        return;
      case "MemberExpression":
        // A getter may run here, as `toString` and iterators do where nobody calls them: those that change anything are too
        // rare to take every look at a field for the worst.
        if (one(node, "object")?.type !== "ThisExpression") break;
        if (node.computed === true) this.visit(one(node, "property"));
        return;
      case "AssignmentExpression":
        if (this.thisIsNew && isMark(node)) return;
        this.target(one(node, "left"));
        this.visit(one(node, "right"));
        return;
      case "ForInStatement":
      case "ForOfStatement":
        this.target(one(node, "left"));
        this.visit(one(node, "right"));
        this.visit(one(node, "body"));
        return;
      case "UpdateExpression":
        this.target(one(node, "argument"));
        return;
      case "UnaryExpression":
        if (node.operator === "delete") this.target(one(node, "argument"));
        else this.visit(one(node, "argument"));
        return;
      case "BinaryExpression":
        if (node.operator === "instanceof") {
          this.visit(one(node, "left"));
          this.note(one(node, "right"), this.calls);
          return;
        }
        break;
      case "CallExpression":
      case "NewExpression":
        this.call(node);
        return;
      case "TaggedTemplateExpression":
        this.opaque = true;
        break;
      case "ClassDeclaration":
      case "ClassExpression":
        this.note(one(node, "superClass"), this.calls);
        this.visit(one(node, "body"));
        return;
      case "MethodDefinition":
        if (node.computed === true) this.visit(one(node, "key"));
        if (node.kind === "constructor") this.inConstructor(one(node, "value") ?? node);
        else this.visit(one(node, "value"));
        return;
      case "PropertyDefinition":
      case "StaticBlock":
        this.withNewThis(node);
        return;
      case "FunctionDeclaration":
      case "FunctionExpression": {
        const outer = this.thisIsNew;
        this.thisIsNew = false;
        for (const child of children(node)) this.visit(child);
        this.thisIsNew = outer;
        return;
      }
    }
    for (const child of children(node)) this.visit(child);
  }

  protected withNewThis(node: SyntaxNode): void {
    const outer = this.thisIsNew;
    this.thisIsNew = true;
    for (const child of children(node)) this.visit(child);
    this.thisIsNew = outer;
  }

  protected loadClass(node: SyntaxNode): void {
    this.note(one(node, "superClass"), this.calls);
    for (const member of many(one(node, "body") ?? node, "body")) {
      if (member.computed === true) this.visit(one(member, "key"));
      if (member.type === "StaticBlock") this.withNewThis(member);
      else if (member.type === "PropertyDefinition" && member.static === true) {
        this.thisIsNew = true;
        this.load(one(member, "value") ?? nothing);
        this.thisIsNew = false;
      }
    }
  }

  /** Something is put there. */
  protected target(node: SyntaxNode | null): void {
    if (node === null) return;
    switch (node.type) {
      case "Identifier": {
        const meaning = this.meanings.get(node);
        if (meaning === null) this.write(word(node, "name"), "rebound");
        return;
      }
      case "VariableDeclaration":
        for (const declarator of many(node, "declarations")) this.target(one(declarator, "id"));
        return;
      case "MemberExpression":
        this.change(node);
        this.visit(node);
        return;
      case "ObjectPattern":
      case "ArrayPattern":
      case "RestElement":
        for (const child of children(node)) this.target(child);
        return;
      case "Property":
        if (node.computed === true) this.visit(one(node, "key"));
        this.target(one(node, "value"));
        return;
      case "AssignmentPattern":
        this.target(one(node, "left"));
        this.visit(one(node, "right"));
        return;
      default:
        this.opaque = true;
        this.visit(node);
    }
  }
}

/** `Vector.prototype.isVector = true` in a constructor: the same however often it is done. */
function isMark(node: SyntaxNode): boolean {
  const left = one(node, "left");
  const object = left?.type === "MemberExpression" ? one(left, "object") : null;
  const marked = object?.type === "MemberExpression" && memberName(object) === "prototype";
  return marked && one(node, "right")?.type === "Literal";
}

const pure = "/* @__PURE__ */ ";

const nothing: SyntaxNode = { type: "EmptyStatement", start: 0, end: 0 };
