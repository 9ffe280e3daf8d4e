// A piece of a bundle is looked through for what it does: what is assigned, changed, called, and what it has in hand.
import { CallEffects } from "./calls.ts";
import { children, isClass, isFunction, many, memberName, one, type SyntaxNode, word } from "./syntax.ts";

export class EffectReader extends CallEffects {
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
