// Two things that bundling changes and users rely on. Two files that each have a class `Mesh`: the bundler calls one of
// them Mesh2, and its block would be Mesh2_0. And `import.meta.dir` would be the run's folder instead of the one in
// which the file lies. Both are put right by the bundler's own source map; text in strings is never touched.
//
// No column that the map knows is moved: lines grow at their end only, and `import.meta` is replaced by a name of the
// same length.
import { basename, dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { type Segment, type SourceMap, segmentsOf } from "./source-map.ts";

export interface Bundle {
  readonly code: string;
  /** `sources` are absolute. */
  readonly map: SourceMap;
}

export function fixBundle(bundle: Bundle): Bundle {
  const lines = bundle.code.split("\n");
  const originals = bundle.map.sourcesContent.map((text) => text.split("\n"));
  const metas = new Map<number, string>();
  let last: Segment | null = null;
  for (const segment of segmentsOf(bundle.map.mappings)) {
    // A line that goes on with what the line before began, such as the inside of a text, repeats its place.
    const goesOn = segment.column === 0 && last !== null && samePlace(segment, last);
    last = segment;
    if (goesOn) continue;
    const original = originals[segment.source]?.[segment.sourceLine]?.slice(segment.sourceColumn) ?? "";
    keepClassName(lines, segment, original);
    keepImportMeta(lines, segment, { original, metas });
  }
  const declarations = [...metas].map(([source, name]) => metaOf(name, bundle.map.sources[source] ?? ""));
  // Behind the first line, which tells Bun that this is JavaScript already.
  lines.splice(1, 0, ...declarations);
  return {
    code: lines.join("\n"),
    map: { ...bundle.map, mappings: ";".repeat(declarations.length) + bundle.map.mappings },
  };
}

const samePlace = (a: Segment, b: Segment): boolean =>
  a.source === b.source && a.sourceLine === b.sourceLine && a.sourceColumn === b.sourceColumn;

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u;

/** `class Mesh2 extends Block {`, once `class Mesh`: its name is put right before anybody can ask for it. */
function keepClassName(lines: string[], segment: Segment, original: string): void {
  const line = lines[segment.line] ?? "";
  const given = identifier.exec(line.slice(segment.column))?.[0];
  const meant = identifier.exec(original)?.[0];
  if (given === undefined || meant === undefined || given === meant || !given.startsWith(meant)) return;
  const before = line.slice(0, segment.column);
  const after = line.slice(segment.column + given.length);
  if (!/\bclass $/.test(before) && !/^ = class\b/.test(after)) return;
  const at = classBodyLine(lines, segment.line, segment.column + given.length);
  if (at === null) return;
  // A `static name` of the user's own is left alone.
  const fix = `static{if(this.name===${JSON.stringify(given)})Object.defineProperty(this,"name",{value:${JSON.stringify(meant)},configurable:true})}`;
  lines[at] += fix;
}

/** The line that ends with the `{` of the class's body; null where the class is written in a way not understood here. */
function classBodyLine(lines: readonly string[], line: number, column: number): number | null {
  let depth = 0;
  for (let at = line; at < Math.min(lines.length, line + 200); at++) {
    const text = (lines[at] ?? "").slice(at === line ? column : 0);
    // Strings, templates and comments in the `extends` part: rare, and better left than guessed at.
    if (/["'`]|\/[/*]/.test(text)) return null;
    for (const [index, character] of [...text].entries()) {
      if (character === "(" || character === "[") depth++;
      else if (character === ")" || character === "]") depth--;
      else if (character === "{" && depth === 0) return index === [...text].length - 1 ? at : null;
      else if (character === "{") depth++;
      else if (character === "}") depth--;
    }
  }
  return null;
}

const importMeta = "import.meta";

function keepImportMeta(
  lines: string[],
  segment: Segment,
  found: { readonly original: string; readonly metas: Map<number, string> },
): void {
  const line = lines[segment.line] ?? "";
  if (!line.startsWith(importMeta, segment.column) || !found.original.startsWith(importMeta)) return;
  const name = found.metas.get(segment.source) ?? `__meta_${segment.source.toString(36).padStart(4, "0")}`;
  found.metas.set(segment.source, name);
  lines[segment.line] = line.slice(0, segment.column) + name + line.slice(segment.column + importMeta.length);
}

/** What `import.meta` is in the user's own file; the rest (`env`, …) comes from the bundle's. */
function metaOf(name: string, file: string): string {
  const url = pathToFileURL(file).href;
  const own = {
    dir: dirname(file),
    dirname: dirname(file),
    file: basename(file),
    filename: file,
    path: file,
    url,
    main: false,
  };
  const fields = JSON.stringify(own).slice(1, -1);
  return `const ${name}=Object.setPrototypeOf({${fields},resolve:(to)=>import.meta.resolve(to,${JSON.stringify(url)})},import.meta);`;
}
