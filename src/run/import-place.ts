// Where a file of the pipeline imports a name from "pipe" that it does not export. The bundler cannot know, since "pipe"
// is no file to it, and the runtime that finds out names neither file nor line.
import { readFileSync } from "node:fs";
import type { Place } from "../core/diagnostic.ts";

/** @param sources the pipeline's files, absolute. */
export function placeOfPipeImport(name: string, sources: readonly string[]): Place | null {
  const statement = new RegExp(
    `\\b(?:import|export)\\b[^;"']*?[{,\\s](${RegExp.escape(name)})[},\\s][^;"']*?from\\s*["']pipe["']`,
    "d",
  );
  for (const file of sources.filter((path) => /\.[cm]?[jt]sx?$/.test(path))) {
    const text = readFileSync(file, "utf8");
    const at = statement.exec(text)?.indices?.[1]?.[0];
    if (at === undefined) continue;
    const before = text.slice(0, at).split("\n");
    return {
      file,
      line: before.length,
      column: (before.at(-1) ?? "").length + 1,
      text: text.split(/\r?\n/)[before.length - 1] ?? null,
      length: name.length,
    };
  }
  return null;
}
