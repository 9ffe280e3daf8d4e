// Which names of a statement are its own and which are the bundle's: a block depends on a helper `scale` only where `scale`
// means the helper, not where it is somebody's argument or field.
import { children, isClass, isFunction, many, one, type SyntaxNode, word } from "./syntax.ts";

/** Something declared inside of a statement: an argument, a variable of a function, … */
export interface Local {
  readonly name: string;
  readonly index: number;
  /** What a variable begins with; a function that is declared by itself. */
  init: SyntaxNode | null;
  /** Whether anything else is ever put into it. */
  assigned: boolean;
}

export interface Names {
  /** Every identifier that stands for a value: what it means, null where that is not declared in here. Names of fields are missing. */
  readonly meanings: ReadonlyMap<SyntaxNode, Local | null>;
  /** What the statements declare for the whole bundle. */
  readonly declared: readonly string[];
}

export function namesIn(statements: readonly SyntaxNode[]): Names {
  const resolver = new Resolver();
  for (const statement of statements) resolver.visit(statement, null);
  const declared = new Set<string>();
  for (const statement of statements) {
    for (const id of hoisted(statement)) declared.add(word(id, "name"));
    for (const id of lexical(statement)) declared.add(word(id, "name"));
  }
  return { meanings: resolver.meanings, declared: [...declared] };
}

/** The identifiers that a pattern binds: `{ a, b: [c], ...d }`. */
export function boundBy(pattern: SyntaxNode | null): readonly SyntaxNode[] {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern];
    case "ObjectPattern":
      return many(pattern, "properties").flatMap((property) =>
        boundBy(property.type === "RestElement" ? one(property, "argument") : one(property, "value")),
      );
    case "ArrayPattern":
      return many(pattern, "elements").flatMap(boundBy);
    case "AssignmentPattern":
      return boundBy(one(pattern, "left"));
    case "RestElement":
      return boundBy(one(pattern, "argument"));
    default:
      return [];
  }
}

interface Scope {
  readonly names: Map<string, Local>;
  readonly up: Scope | null;
}

class Resolver {
  readonly meanings = new Map<SyntaxNode, Local | null>();
  #count = 0;

  visit(node: SyntaxNode | null, scope: Scope | null): void {
    if (node === null) return;
    switch (node.type) {
      case "Identifier":
        this.meanings.set(node, lookup(word(node, "name"), scope));
        return;
      case "FunctionDeclaration":
        this.visit(one(node, "id"), scope);
        this.#begins(one(node, "id"), node, scope);
        this.#function(node, scope);
        return;
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        this.#function(node, this.#named(node, scope));
        return;
      case "ClassDeclaration":
        this.visit(one(node, "id"), scope);
        this.#class(node, scope);
        return;
      case "ClassExpression":
        this.#class(node, this.#named(node, scope));
        return;
      case "StaticBlock":
        this.#block(node, scope, hoistedIn(many(node, "body")));
        return;
      case "BlockStatement":
      case "SwitchStatement":
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
        this.#block(node, scope, []);
        return;
      case "CatchClause":
        this.#block(node, scope, boundBy(one(node, "param")));
        return;
      case "MemberExpression":
        this.visit(one(node, "object"), scope);
        if (node.computed === true) this.visit(one(node, "property"), scope);
        return;
      case "Property":
      case "MethodDefinition":
      case "PropertyDefinition":
        if (node.computed === true) this.visit(one(node, "key"), scope);
        this.visit(one(node, "value"), scope);
        return;
      case "LabeledStatement":
        this.visit(one(node, "body"), scope);
        return;
      case "BreakStatement":
      case "ContinueStatement":
      case "MetaProperty":
        return;
      default:
        this.#note(node, scope);
        for (const child of children(node)) this.visit(child, scope);
    }
  }

  /** The scope in which a function or class expression knows itself. */
  #named(node: SyntaxNode, scope: Scope | null): Scope | null {
    const id = one(node, "id");
    if (id === null) return scope;
    const inner = this.#scope(scope, [id]);
    this.visit(id, inner);
    return inner;
  }

  #function(node: SyntaxNode, scope: Scope | null): void {
    const params = many(node, "params");
    const body = one(node, "body");
    const statements = body?.type === "BlockStatement" ? many(body, "body") : null;
    const ids = [...params.flatMap(boundBy), ...hoistedIn(statements ?? []), ...lexicalIn(statements ?? [])];
    const inner = this.#scope(scope, ids);
    if (node.type !== "ArrowFunctionExpression") this.#declare(inner, "arguments");
    for (const param of params) this.visit(param, inner);
    if (statements === null) this.visit(body, inner);
    else for (const statement of statements) this.visit(statement, inner);
  }

  #class(node: SyntaxNode, scope: Scope | null): void {
    this.visit(one(node, "superClass"), scope);
    this.visit(one(node, "body"), scope);
  }

  #block(node: SyntaxNode, scope: Scope | null, more: readonly SyntaxNode[]): void {
    const inside =
      node.type === "SwitchStatement"
        ? many(node, "cases").flatMap((branch) => many(branch, "consequent"))
        : node.type === "BlockStatement" || node.type === "StaticBlock"
          ? many(node, "body")
          : [one(node, "init"), one(node, "left")].filter((child) => child !== null);
    const inner = this.#scope(scope, [...more, ...lexicalIn(inside)]);
    this.#note(node, inner);
    for (const child of children(node)) this.visit(child, inner);
  }

  #scope(up: Scope | null, ids: readonly SyntaxNode[]): Scope {
    const scope: Scope = { names: new Map(), up };
    for (const id of ids) this.#declare(scope, word(id, "name"));
    return scope;
  }

  #declare(scope: Scope, name: string): void {
    if (scope.names.has(name)) return;
    scope.names.set(name, { name, index: this.#count++, init: null, assigned: false });
  }

  /** What is put into a name that is declared in here. */
  #note(node: SyntaxNode, scope: Scope | null): void {
    const target =
      node.type === "AssignmentExpression" || node.type === "ForInStatement" || node.type === "ForOfStatement"
        ? one(node, "left")
        : node.type === "UpdateExpression"
          ? one(node, "argument")
          : null;
    for (const id of target === null ? [] : boundBy(target)) {
      const local = lookup(word(id, "name"), scope);
      if (local !== null) local.assigned = true;
    }
    if (node.type !== "VariableDeclarator") return;
    this.#begins(one(node, "id"), one(node, "init"), scope);
  }

  #begins(id: SyntaxNode | null, value: SyntaxNode | null, scope: Scope | null): void {
    const local = id?.type === "Identifier" ? lookup(word(id, "name"), scope) : null;
    if (local === null) return;
    if (local.init !== null) local.assigned = true;
    local.init = value;
  }
}

function lookup(name: string, scope: Scope | null): Local | null {
  for (let at = scope; at !== null; at = at.up) {
    const local = at.names.get(name);
    if (local !== undefined) return local;
  }
  return null;
}

const hoistedIn = (statements: readonly SyntaxNode[]): readonly SyntaxNode[] => statements.flatMap(hoisted);
const lexicalIn = (statements: readonly SyntaxNode[]): readonly SyntaxNode[] => statements.flatMap(lexical);

/** What `var` declares, however deep in blocks it stands. */
function hoisted(node: SyntaxNode): readonly SyntaxNode[] {
  if (isFunction(node) || isClass(node)) return [];
  if (node.type === "VariableDeclaration") {
    return node.kind === "var"
      ? many(node, "declarations").flatMap((declarator) => boundBy(one(declarator, "id")))
      : [];
  }
  // Expressions hold no statements but in functions.
  return /Statement$|^SwitchCase$|^CatchClause$/.test(node.type) && node.type !== "ExpressionStatement"
    ? children(node).flatMap(hoisted)
    : [];
}

/** What a statement declares for the block in which it stands, apart from `var`. */
function lexical(node: SyntaxNode): readonly SyntaxNode[] {
  if (node.type === "VariableDeclaration") {
    return node.kind === "var"
      ? []
      : many(node, "declarations").flatMap((declarator) => boundBy(one(declarator, "id")));
  }
  if (node.type !== "FunctionDeclaration" && node.type !== "ClassDeclaration") return [];
  const id = one(node, "id");
  return id === null ? [] : [id];
}
