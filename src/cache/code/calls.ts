// What a call may do to others: the bundle's own functions are looked into, those of the language and of the bundler are
// known, everything else is taken for the worst.
import { EffectFacts } from "./facts.ts";
import { isCollection, isHarmlessGlobal, isPrimitive, isUnsafeConstructor, targetOfObject } from "./known.ts";
import { isCalledBack, isTextMethod, onlyLooks } from "./methods.ts";
import type { Local } from "./names.ts";
import type { Meaning } from "./pieces.ts";
import { isHarmlessImport } from "./runtime.ts";
import { isFunction, many, memberName, one, rootOf, type SyntaxNode, word } from "./syntax.ts";

export abstract class CallEffects extends EffectFacts {
  protected call(node: SyntaxNode): void {
    const callee = one(node, "callee") ?? nothing;
    const given = many(node, "arguments");
    const passed = this.isAppend(node, callee) ? this.appended(given) : given;
    let how: Given = "to-a-call";
    if (passed !== given) {
      this.visit(one(callee, "object"));
    } else if (callee.type === "Identifier") {
      const name = this.meanings.get(callee) === null ? word(callee, "name") : null;
      if (name === null) this.opaque = true;
      else {
        const meaning = this.know.bundle.meanings.get(name);
        this.callByName(callee, name, node.type === "NewExpression" ? "make" : "call");
        if (meaning?.kind === "outside" && this.ofBundler(meaning, given)) return;
      }
    } else if (callee.type === "MemberExpression") {
      how = this.callMethod(node, this.calledMethod(callee));
    } else if (callee.type !== "Super" && callee.type !== "Import") {
      this.opaque ||= callee.type !== "ImportExpression" && !isFunction(callee);
      this.visit(callee);
    }
    const spread = passed.findIndex(({ type }) => type === "SpreadElement");
    for (const [at, argument] of passed.entries()) {
      const isCalled = passed === given && how !== "looked-at" && isCalledBack(node, callee, at);
      if (isCalled && (spread < 0 || spread > at)) this.calledBack(argument);
      else if (how === "kept") this.keep(argument);
      else this.visit(argument);
      this.opaque ||= isCalled && spread >= 0 && spread <= at;
      if (passed === given && !isCalled)
        this.note(argument.type === "Identifier" ? argument : null, this.given);
    }
  }

  protected callByName(callee: SyntaxNode, name: string, how: "call" | "make"): void {
    const meaning = this.know.bundle.meanings.get(name);
    if (meaning === undefined) {
      this.unless(how === "make" ? !isUnsafeConstructor(name) : isHarmlessGlobal(callee, name));
    } else if (meaning.kind === "pieces") {
      this.calls.add(name);
      if (how === "make") {
        if (!this.know.pureConstructor(name)) this.does(this.know.doneByNew(name));
      } else if (!this.know.pureFunction(name)) this.does(this.know.doneByCall(name));
    } else if (meaning.of === "import") {
      this.unless(meaning.from === "pipe" || isHarmlessImport(meaning.from, meaning.what, callee));
    }
  }

  /** An argument that is called where it is given: `list.forEach(register)`. */
  protected calledBack(node: SyntaxNode): void {
    const name = node.type === "Identifier" && this.meanings.get(node) === null ? word(node, "name") : null;
    if (name !== null) {
      if (name === "undefined") return;
      if (this.know.isData(name) || this.know.isPrimitive(name)) this.visit(node);
      else this.callByName(node, name, "call");
      return;
    }
    switch (node.type) {
      case "FunctionExpression":
      case "ArrowFunctionExpression":
      case "ArrayExpression":
      case "ObjectExpression":
        break;
      case "Identifier": {
        // What a function does that is declared in here has been seen there.
        const local = this.meanings.get(node);
        const seen = local?.assigned === false && (isFunction(local.init) || this.isText(local.init));
        this.opaque ||= !seen;
        break;
      }
      case "MemberExpression": {
        const called = this.calledMethod(node);
        const { root, name: of, meaning, method } = called;
        if (of !== null && meaning === undefined) this.unless(isHarmlessGlobal(node, of));
        else if (meaning?.kind === "outside" && meaning.of === "import")
          this.unless(meaning.from === "pipe" || isHarmlessImport(meaning.from, meaning.what, node));
        else if (method !== null && this.isPureMethod(called)) {
          this.note(root, this.calls);
          return;
        } else this.opaque = true;
        break;
      }
      default:
        this.opaque ||= !this.isText(node);
    }
    this.visit(node);
  }

  /** Nobody can call it. */
  protected isText(node: SyntaxNode | null): boolean {
    const known = (id: SyntaxNode) =>
      this.meanings.get(id) === null && this.know.isPrimitive(word(id, "name"));
    if (node?.type === "CallExpression" && isTextMethod(one(node, "callee") ?? nothing)) return true;
    return node?.type !== "Identifier" && isPrimitive(node, known);
  }

  /** It is put somewhere: functions in there do not run by that. */
  protected abstract keep(node: SyntaxNode): void;

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
      case "bundler __runInitializers":
        // What the decorators have put there is called.
        this.opaque = true;
        this.note(first ?? null, this.calls);
        for (const other of others)
          if (this.meanings.get(other) === null) this.write(word(other, "name"), "rebound");
        return true;
      case "bundler __decorateElement":
      case "bundler __decoratorMetadata":
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
        this.write(word(argument, "name"), "rebound");
    }
  }

  protected decorator(node: SyntaxNode): void {
    const known = node.type === "Identifier" && this.meanings.get(node) === null;
    this.opaque ||= !known || !this.know.pureFunction(word(node, "name"));
    this.note(node, this.calls);
  }

  protected calledMethod(callee: SyntaxNode): CalledMethod {
    const root = rootOf(callee);
    const local = root.type === "Identifier" ? (this.meanings.get(root) ?? null) : null;
    const name = root.type === "Identifier" && local === null ? word(root, "name") : null;
    const meaning = name === null ? undefined : this.know.bundle.meanings.get(name);
    return { callee, root, name, meaning, local, method: memberName(callee) };
  }

  protected callMethod(node: SyntaxNode, called: CalledMethod): Given {
    const { callee, root, name, meaning, local, method } = called;
    const direct = one(callee, "object") === root;
    if (callee.computed === true) this.visit(one(callee, "property"));
    if (name !== null && meaning === undefined) {
      const target = targetOfObject(callee, name, node);
      if (target === null) {
        this.unless(node.type === "NewExpression" || isHarmlessGlobal(callee, name));
        return "to-a-call";
      }
      this.changed(target);
      return "kept";
    }
    const patched = name !== null && method !== null && this.know.isPatched(name, method);
    const looks = method !== null && onlyLooks(method) && !patched;
    const init = name === null ? (local?.assigned === false ? local.init : null) : this.know.initOf(name);
    const own = name === null || this.know.isOwnObject(name);
    if (method !== null && direct && own && isCollection(init) && !patched) {
      if (looks) {
        this.visit(root);
        return "to-a-call";
      }
      if (name !== null) this.write(name, "itself");
      return "kept";
    }
    if (this.isPureMethod(called)) {
      this.note(root, this.calls);
      return "looked-at";
    }
    const value = one(callee, "object");
    if (looks && (value?.type === "TemplateLiteral" || isCollection(value) || this.isData(root, name))) {
      this.visit(value);
      return "to-a-call";
    }
    if (meaning?.kind === "outside" && meaning.of === "import")
      this.unless(meaning.from === "pipe" || isHarmlessImport(meaning.from, meaning.what, callee));
    else if (meaning?.kind !== "outside") this.opaque = true;
    this.visit(value);
    return "to-a-call";
  }

  protected isPureMethod({ callee, root, name, method }: CalledMethod): boolean {
    const direct = one(callee, "object") === root;
    return method !== null && direct && name !== null && this.know.pureMethod(name, method);
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
    return first !== undefined && this.know.isPart(first, (id) => this.meanings.get(id) === null);
  }

  /**
   * What a block is made with, instead of the block: the fields that its constructor fills are its options. A constructor
   * that does more is looked at for itself, so that the other blocks of the statement have nothing to do with it.
   */
  protected appended(given: readonly SyntaxNode[]): readonly SyntaxNode[] {
    return given.flatMap((argument) => {
      const callee = argument.type === "NewExpression" ? one(argument, "callee") : null;
      if (callee?.type !== "Identifier" || this.meanings.get(callee) !== null) return [argument];
      const name = word(callee, "name");
      const isOwn = this.know.bundle.meanings.get(name)?.kind === "pieces";
      if (isOwn && !this.know.pureConstructor(name)) {
        if (this.apart === null) return [argument];
        this.apart.push(argument);
      }
      this.note(callee, this.calls);
      return many(argument, "arguments");
    });
  }
}

/**
 * What happens to the arguments of a call: functions among them may run, or are only put somewhere, or it is known of what is
 * called that it runs none of them.
 */
type Given = "to-a-call" | "kept" | "looked-at";

interface CalledMethod {
  readonly callee: SyntaxNode;
  readonly root: SyntaxNode;
  /** Of the bundle or of the language; null for a local one. */
  readonly name: string | null;
  readonly meaning: Meaning | undefined;
  readonly local: Local | null;
  readonly method: string | null;
}

const nothing: SyntaxNode = { type: "EmptyStatement", start: 0, end: 0 };
