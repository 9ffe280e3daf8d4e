// Reads a source map (https://tc39.es/ecma426/): which place of the bundle came from which place of which file. The
// bundle is corrected by it (bundle-fixes.ts), because only the map tells a name in the code from one in a string.

export interface Segment {
  /** In the bundle, from 0. */
  readonly line: number;
  readonly column: number;
  /** Index into `sources`, and the place in it, from 0. */
  readonly source: number;
  readonly sourceLine: number;
  readonly sourceColumn: number;
}

export interface SourceMap {
  readonly version: number;
  readonly sources: readonly string[];
  readonly sourcesContent: readonly string[];
  readonly mappings: string;
  readonly names: readonly string[];
}

/** @throws Error where the text is no source map. */
export function parseSourceMap(text: string): SourceMap {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new Error("a source map is an object");
  const { version, sources, sourcesContent, mappings }: Record<string, unknown> = { ...value };
  if (version !== 3 || typeof mappings !== "string" || !isTexts(sources) || !isTexts(sourcesContent)) {
    throw new Error("not a source map of version 3 with its sources");
  }
  return { version, sources, sourcesContent, mappings, names: [] };
}

/** Every segment that names a place in a source, in the order of the bundle. */
export function* segmentsOf(mappings: string): Generator<Segment> {
  let source = 0;
  let sourceLine = 0;
  let sourceColumn = 0;
  for (const [line, text] of mappings.split(";").entries()) {
    let column = 0;
    for (const part of text === "" ? [] : text.split(",")) {
      const [columnStep, sourceStep, lineStep, sourceColumnStep] = decode(part);
      column += columnStep ?? 0;
      if (sourceStep === undefined || lineStep === undefined || sourceColumnStep === undefined) continue;
      source += sourceStep;
      sourceLine += lineStep;
      sourceColumn += sourceColumnStep;
      yield { line, column, source, sourceLine, sourceColumn };
    }
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const digits: ReadonlyMap<string, number> = new Map([...alphabet].map((letter, value) => [letter, value]));

/** Base 64, five bits a letter, lowest first, the sixth says that more follow; the lowest bit of all is the sign. */
function decode(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const letter of text) {
    const digit = digits.get(letter);
    if (digit === undefined) throw new Error(`a source map does not hold ${JSON.stringify(letter)}`);
    value += (digit & 31) * 2 ** shift;
    if ((digit & 32) !== 0) {
      shift += 5;
      continue;
    }
    numbers.push(value % 2 === 1 ? -(value - 1) / 2 : value / 2);
    value = 0;
    shift = 0;
  }
  return numbers;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
