// What a call may do to others: the bundle's own functions are looked into, those of the language and of the bundler are
// known, everything else is taken for the worst.
import { EffectFacts } from "./code-facts.ts";
import {
  isCollection,
  isHarmlessGlobal,
  isMutator,
  isUnsafeConstructor,
  targetOfObject,
} from "./code-known.ts";
import type { Local } from "./code-names.ts";
import type { Meaning } from "./code-pieces.ts";
import { isFunction, many, memberName, one, rootOf, type SyntaxNode, word } from "./code-syntax.ts";

export abstract class CallEffects extends EffectFacts {
  protected call(node: SyntaxNode): void {
    const callee = one(node, "callee") ?? nothing;
    const given = many(node, "arguments");
    const root = rootOf(callee);
    const local = root.type === "Identifier" ? (this.meanings.get(root) ?? null) : null;
    const name = root.type === "Identifier" && local === null ? word(root, "name") : null;
    const meaning = name === null ? undefined : this.know.bundle.meanings.get(name);
    const passed = this.isAppend(node, callee) ? this.appended(given) : given;
    if (passed !== given) {
      this.visit(one(callee, "object"));
    } else if (callee.type === "Identifier" && name !== null) {
      this.callByName(node, name, meaning);
      if (meaning?.kind === "outside" && this.ofBundler(meaning, given)) return;
    } else if (callee.type === "MemberExpression") {
      this.callMethod(node, { callee, root, name, meaning, local });
    } else if (callee.type !== "Super" && callee.type !== "Import") {
      this.opaque ||= callee.type !== "ImportExpression" && !isFunction(callee);
      this.visit(callee);
    }
    for (const argument of passed) {
      this.visit(argument);
      if (passed === given) this.note(argument.type === "Identifier" ? argument : null, this.given);
    }
  }

  protected callByName(node: SyntaxNode, name: string, meaning: Meaning | undefined): void {
    const makes = node.type === "NewExpression";
    if (meaning === undefined) {
      const harmless = makes
        ? !isUnsafeConstructor(name)
        : isHarmlessGlobal(one(node, "callee") ?? node, name);
      this.unless(harmless);
    } else if (meaning.kind === "pieces") {
      this.calls.add(name);
      this.opaque ||= !(makes ? this.know.pureConstructor(name) : this.know.pureFunction(name));
    } else if (meaning.of === "import") this.unless(meaning.from === "pipe");
  }

  /** The bundler's own functions are known. Whether the arguments need no further look. */
  protected ofBundler(meaning: Meaning & { kind: "outside" }, given: readonly SyntaxNode[]): boolean {
    if (meaning.of !== "bundler") return false;
    const [first, ...others] = given;
    switch (meaning.label) {
      case "bundler __commonJS":
        return !this.later; // runs when its module is required
      case "bundler __toESM":
      case "bundler __require":
      case "bundler module":
      case "bundler __decoratorStart":
        return false;
      case "bundler __decorateElement":
      case "bundler __decoratorMetadata":
      case "bundler __runInitializers":
        this.standardDecorators(given);
        return true;
      case "bundler __export":
      case "bundler __reExport":
        if (first !== undefined) this.changed(first);
        return true; // getters, which change nothing
      case "bundler __legacyDecorateClassTS":
      case "bundler __decorate":
        for (const element of first === undefined ? [] : many(first, "elements")) this.decorator(element);
        for (const other of others) this.changed(other);
        return true;
      default:
        this.opaque = true;
        return false;
    }
  }

  /** `__decorateElement(_init, flags, name, decorators, target)`: the class is changed, but its methods do not run. */
  protected standardDecorators(given: readonly SyntaxNode[]): void {
    this.opaque = true;
    for (const [at, argument] of given.entries()) {
      if (at === 3) this.note(argument, this.calls);
      else if (argument.type === "Identifier" && this.meanings.get(argument) === null)
        this.write(word(argument, "name"));
    }
  }

  protected decorator(node: SyntaxNode): void {
    const known = node.type === "Identifier" && this.meanings.get(node) === null;
    this.opaque ||= !known || !this.know.pureFunction(word(node, "name"));
    this.note(node, this.calls);
  }

  protected callMethod(node: SyntaxNode, { callee, root, name, meaning, local }: CalledMethod): void {
    const method = memberName(callee);
    const direct = one(callee, "object") === root;
    if (callee.computed === true) this.visit(one(callee, "property"));
    if (name !== null && meaning === undefined) {
      const target = targetOfObject(callee, name, node);
      if (target !== null) this.changed(target);
      else this.unless(node.type === "NewExpression" || isHarmlessGlobal(callee, name));
      return;
    }
    const init = name === null ? (local?.assigned === false ? local.init : null) : this.know.initOf(name);
    if (method !== null && direct && isCollection(init)) {
      if (isMutator(method) && name !== null) this.writes.add(name);
      this.visit(root);
      return;
    }
    if (method !== null && direct && name !== null && this.know.pureMethod(name, method)) {
      this.note(root, this.calls);
      return;
    }
    const value = one(callee, "object");
    const looks = method !== null && !isMutator(method);
    if (looks && (value?.type === "TemplateLiteral" || isCollection(value) || this.isData(root, name))) {
      this.visit(value);
      return;
    }
    if (meaning?.kind === "outside") this.unless(meaning.from === "pipe" || meaning.of !== "import");
    else this.opaque = true;
    this.visit(one(callee, "object"));
  }

  protected isData(root: SyntaxNode, name: string | null): boolean {
    return name === null ? root.type === "Literal" : this.know.isData(name);
  }

  /** `.append(…)` of a pipeline, which changes nothing else. */
  protected isAppend(node: SyntaxNode, callee: SyntaxNode): boolean {
    if (node.type !== "CallExpression" || callee.type !== "MemberExpression") return false;
    if (!/^(?:append|addPlot)$/.test(memberName(callee) ?? "")) return false;
    const receiver = one(callee, "object");
    if (receiver !== null && this.know.isPipeline(receiver)) return true;
    const [first] = many(node, "arguments");
    const made = first?.type === "NewExpression" ? one(first, "callee") : null;
    return made?.type === "Identifier" && this.meanings.get(made) === null;
  }

  /** What a block is made with, instead of the block: what its constructor does is looked at where the block is. */
  protected appended(given: readonly SyntaxNode[]): readonly SyntaxNode[] {
    return given.flatMap((argument) => {
      const callee = argument.type === "NewExpression" ? one(argument, "callee") : null;
      if (callee?.type !== "Identifier" || this.meanings.get(callee) !== null) return [argument];
      this.note(callee, this.calls);
      return many(argument, "arguments");
    });
  }
}

interface CalledMethod {
  readonly callee: SyntaxNode;
  readonly root: SyntaxNode;
  /** Of the bundle or of the language; null for a local one. */
  readonly name: string | null;
  readonly meaning: Meaning | undefined;
  readonly local: Local | null;
}

const nothing: SyntaxNode = { type: "EmptyStatement", start: 0, end: 0 };
