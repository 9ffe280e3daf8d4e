// What the methods of the language's own values do: which of them only look, and which call what they are given. Whatever is
// not listed changes its object: a language grows, and a method that is not known must not go unnoticed.
import { memberName, type SyntaxNode, word } from "./syntax.ts";

const looking = new Set(
  [
    // arrays and typed arrays
    "at concat entries every filter find findIndex findLast findLastIndex flat flatMap forEach includes indexOf join keys",
    "lastIndexOf map reduce reduceRight slice some subarray toLocaleString toReversed toSorted toSpliced toString values with",
    // Maps and Sets
    "get has union intersection difference symmetricDifference isSubsetOf isSupersetOf isDisjointFrom",
    // bytes
    "toBase64 toHex",
    // texts and numbers
    "charAt charCodeAt codePointAt endsWith isWellFormed localeCompare match matchAll normalize padEnd padStart repeat replace",
    "replaceAll search split startsWith substr substring toLocaleLowerCase toLocaleUpperCase toLowerCase toUpperCase",
    "toWellFormed trim trimEnd trimStart toExponential toFixed toPrecision valueOf",
    // everything
    "hasOwnProperty isPrototypeOf propertyIsEnumerable",
  ]
    .join(" ")
    .split(" "),
);

/** Of arrays, Maps, Sets, typed arrays, DataViews, texts. */
export const onlyLooks = (method: string): boolean =>
  looking.has(method) || /^get(?:Big)?(?:Int|Uint|Float)\d+$/.test(method);

/** Which of the arguments are called, by the name of the function or method. */
const callsBack = new Map<string, readonly number[]>([
  ...pairs(
    "every filter find findIndex findLast findLastIndex flatMap forEach map reduce reduceRight some sort toSorted",
    0,
  ),
  ...pairs("catch finally throws doesNotThrow rejects doesNotReject try", 0),
  ...pairs("replace replaceAll from fromAsync groupBy parse stringify getOrInsertComputed", 1),
  ["then", [0, 1]],
]);

function pairs(names: string, at: number): readonly (readonly [string, readonly number[]])[] {
  return names.split(" ").map((name) => [name, [at]] as const);
}

/** Whether the argument at a place is called by the call. */
export function isCalledBack(call: SyntaxNode, callee: SyntaxNode, at: number): boolean {
  if (call.type === "NewExpression") return at === 0 && word(callee, "name") === "Promise";
  const name = callee.type === "MemberExpression" ? memberName(callee) : null;
  return name !== null && (callsBack.get(name)?.includes(at) ?? false);
}

/** A text or a number, as far as the name of a method tells: what nobody can call. */
export function isTextMethod(callee: SyntaxNode): boolean {
  const name = callee.type === "MemberExpression" ? memberName(callee) : null;
  return /^(?:toFixed|toPrecision|toString|join|padStart|padEnd|trim|toLowerCase|toUpperCase|repeat|charAt|substring|stringify)$/.test(
    name ?? "",
  );
}
