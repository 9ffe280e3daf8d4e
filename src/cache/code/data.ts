// Files that are imported as data, `import scene from "../scene.json"`: the bundler writes them as one literal, which may be
// megabytes long. It is read without a parser, which takes a second for five of them.

/** A literal without its spaces, and the names of the bundle that it holds (the bundler shares what has a name). */
export interface DataText {
  readonly text: string;
  readonly uses: readonly string[];
}

/** By its name: everything that is no JavaScript or TypeScript. */
export const isDataFile = (file: string): boolean => !/\.[cm]?[jt]sx?$/.test(file);

const texts = [String.raw`"(?:[^"\\]|\\.)*"`, String.raw`'(?:[^'\\]|\\.)*'`, "`(?:[^`\\\\]|\\\\.)*`"].join(
  "|",
);
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
    // `{ layers }` stands for `{ layers: layers }`, and for `{ layers: layers2 }` where the bundler had to rename it. Only
    // the fields of the outermost object have names.
    return /[{,]/.test(literal.charAt(at - 1)) ? `${name}:§${which}` : `§${which}`;
  });
  return { text, uses };
}
