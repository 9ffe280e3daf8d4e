// Files that are imported as data, `import scene from "./scene.json"`: the bundler writes them as one literal, which may be
// megabytes long. It is read without a parser, which takes a second for five of them.
import type { Effects } from "./code-facts.ts";

/** A literal without its spaces, and the names of the bundle that it holds (the bundler shares what has a name). */
export interface DataText {
  readonly text: string;
  readonly uses: readonly string[];
}

/** By its name: everything that is no JavaScript or TypeScript. */
export const isDataFile = (file: string): boolean => !/\.[cm]?[jt]sx?$/.test(file);

const texts = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|` + "`(?:[^`\\\\]|\\\\.)*`";
const spaces = new RegExp(String.raw`(${texts})|\s+|/\*.*?\*/`, "gs");
const words = new RegExp(
  String.raw`${texts}|(?<![\p{ID_Continue}$.])([\p{ID_Start}$_][\p{ID_Continue}$]*)(:?)`,
  "gsu",
);

/**
 * @param declaration `var scene_default = { size: 1, layers };`
 * @param isKnown whether a name is one of the bundle's.
 */
export function dataText(declaration: string, isKnown: (name: string) => boolean): DataText {
  const uses: string[] = [];
  const literal = declaration.slice(declaration.indexOf("=") + 1).replace(spaces, "$1");
  const text = literal.replace(words, (whole, name: string | undefined, colon: string, at: number) => {
    if (name === undefined || colon === ":" || !isKnown(name)) return whole;
    let which = uses.indexOf(name);
    if (which < 0) which = uses.push(name) - 1;
    // `{ layers }` stands for `{ layers: layers }`, and for `{ layers: layers2 }` where the bundler had to rename it.
    const isField = /[{,]/.test(literal.charAt(at - 1)) && inObject(literal, at);
    return isField ? `${name}:§${which}` : `§${which}`;
  });
  return { text, uses };
}

/** Whether the innermost open bracket there is one of an object. */
function inObject(literal: string, at: number): boolean {
  let depth = 0;
  const brackets = new RegExp(`${texts}|[[\\]{}]`, "gs");
  const open: string[] = [];
  for (const [token] of literal.slice(0, at).matchAll(brackets)) {
    if (token === "{" || token === "[") open[depth++] = token;
    else if (token === "}" || token === "]") depth--;
  }
  return open[depth - 1] === "{";
}

/** Nothing happens when it is loaded. */
export function effectsOfData(uses: readonly string[]): Effects {
  const none: ReadonlySet<string> = new Set();
  return {
    ...{ writes: none, given: none, calls: none, opaque: false, global: false, outside: false },
    reads: new Set(uses),
  };
}
