// What the language's own functions do to what they are given. Without this every `Math.max(size, 1)` at the top level would
// count as something that may change `size`, and a block would depend on whoever looks at a constant that it shares.
import { isHarmlessOfProcess } from "./runtime.ts";
import { many, memberName, one, rootOf, type SyntaxNode, word } from "./syntax.ts";

/** Called with or without `new`, they change nothing that was there before. */
const functions = new Set(
  [
    "Number String Boolean BigInt Symbol Array Object RegExp Date parseInt parseFloat isNaN isFinite structuredClone",
    "encodeURIComponent decodeURIComponent encodeURI decodeURI",
    "Error TypeError RangeError SyntaxError ReferenceError AggregateError",
  ]
    .join(" ")
    .split(" "),
);

/** All their functions change nothing. */
const libraries = /^(?:Math|JSON|Number|String|BigInt|Symbol|Date|Array|Intl|console|performance|Promise)$/;
const typedArray = /^(?:Big)?(?:Int|Uint|Float)(?:8|16|32|64)(?:Clamped)?Array$/;
const collection = /^(?:Map|Set|WeakMap|WeakSet|Array|ArrayBuffer|DataView)$/;
const harmlessOfObject =
  /^(?:keys|values|entries|fromEntries|freeze|create|getPrototypeOf|getOwnPropertyNames|is|hasOwn|groupBy)$/;

/** Of a function that is not in the bundle, by the global object it is found in. */
export function isHarmlessGlobal(callee: SyntaxNode, root: string): boolean {
  if (callee.type === "Identifier") return functions.has(root) || typedArray.test(root);
  if (root === "process") return isHarmlessOfProcess(callee);
  const name = memberName(callee);
  if (one(callee, "object")?.type !== "Identifier" || name === null) return false;
  if (root === "Object") return harmlessOfObject.test(name);
  return libraries.test(root) || typedArray.test(root);
}

/** `new` of anything that the language has makes something new. */
export const isUnsafeConstructor = (root: string): boolean => root === "Function" || root === "Proxy";

/** Whether the expression makes a collection of the language's own, whose methods are known. */
export function isCollection(init: SyntaxNode | null): boolean {
  if (init === null) return false;
  if (init.type === "ArrayExpression") return true;
  const callee = one(init, "callee");
  if (callee === null) return false;
  const root = word(rootOf(callee), "name");
  if (init.type === "NewExpression") {
    if (callee.type !== "Identifier") return false;
    const isView = root === "DataView" || typedArray.test(root);
    return isView ? many(init, "arguments").every(isNoBuffer) : collection.test(root);
  }
  if (init.type !== "CallExpression" || callee.type !== "MemberExpression") return false;
  return (root === "Array" || typedArray.test(root)) && /^(?:from|of)$/.test(memberName(callee) ?? "");
}

/** A view of somebody's bytes changes these; `new Float32Array(3 * n)` has its own. A name may stand for either. */
function isNoBuffer(node: SyntaxNode): boolean {
  switch (node.type) {
    case "Literal":
    case "BinaryExpression":
    case "UnaryExpression":
    case "ArrayExpression":
      return true;
    case "MemberExpression":
      return /^(?:length|size|byteLength)$/.test(memberName(node) ?? "");
    case "CallExpression":
      return isPrimitive(node, () => false);
    case "NewExpression":
      return word(one(node, "callee"), "name") === "ArrayBuffer";
    default:
      return false;
  }
}

/** Something that nobody else can have yet: an object, an array, a Map. */
export const isNew = (init: SyntaxNode | null): boolean =>
  init?.type === "ObjectExpression" || isCollection(init);

/** Numbers, texts, truth: what cannot be changed by whoever gets it. `known` tells it of a name. */
export function isPrimitive(node: SyntaxNode | null, known: (id: SyntaxNode) => boolean): boolean {
  switch (node?.type) {
    case "Literal":
      return !("regex" in node);
    case "TemplateLiteral":
    case "BinaryExpression":
    case "UnaryExpression":
      return true;
    case "LogicalExpression":
      return isPrimitive(one(node, "left"), known) && isPrimitive(one(node, "right"), known);
    case "ConditionalExpression":
      return isPrimitive(one(node, "consequent"), known) && isPrimitive(one(node, "alternate"), known);
    case "Identifier":
      return known(node);
    case "CallExpression": {
      const callee = one(node, "callee");
      if (callee === null) return false;
      const root = rootOf(callee);
      if (root.type !== "Identifier" || known(root)) return false;
      return callee.type === "Identifier"
        ? /^(?:Number|String|Boolean|BigInt|parseInt|parseFloat)$/.test(word(root, "name"))
        : /^(?:Math|JSON)$/.test(word(root, "name")) && memberName(callee) !== "parse";
    }
    default:
      return false;
  }
}

/** What could stand in a JSON file, `known` telling it of names. */
export function isData(node: SyntaxNode, known: (id: SyntaxNode) => boolean): boolean {
  switch (node.type) {
    case "Literal":
    case "TemplateLiteral":
    case "UnaryExpression":
    case "BinaryExpression":
      return true;
    case "ArrayExpression":
      return many(node, "elements").every((element) => isData(element, known));
    case "ObjectExpression":
      return many(node, "properties").every((property) => {
        const value =
          property.type === "Property" && property.kind === "init" ? one(property, "value") : null;
        return value !== null && isData(value, known);
      });
    case "Identifier":
      return known(node);
    default:
      return false;
  }
}

/** `Object.assign(target, …)` and its like: what they change is the first argument. */
export function targetOfObject(callee: SyntaxNode, root: string, call: SyntaxNode): SyntaxNode | null {
  const changes = /^(?:assign|defineProperty|defineProperties|setPrototypeOf|set|deleteProperty)$/;
  if (root !== "Object" && root !== "Reflect") return null;
  return changes.test(memberName(callee) ?? "") ? (many(call, "arguments")[0] ?? null) : null;
}
