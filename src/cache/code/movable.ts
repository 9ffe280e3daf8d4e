// The whole bundle as somebody's code: without comments, and without where the pipeline's folder lies. What looks like a
// comment within a text that the pipeline writes, such as `// size 3` in a file of points, is none.
import { chunksOf } from "./chunks.ts";
import type { Parse, Range } from "./syntax.ts";

export function movableText(bundle: string, parse: Parse): string {
  const { folder, text } = withoutFolderLine(bundle);
  const code = withoutComments(text, parse);
  return folder !== null && folder.length > 1 ? code.replaceAll(folder, ".") : code;
}

const folderLine = /(?<=^|\n)export const __pipe_folder = ("(?:[^"\\]|\\.)*");\n?/g;

/** It stands at the end. */
function withoutFolderLine(bundle: string): { readonly folder: string | null; readonly text: string } {
  const found = [...bundle.matchAll(folderLine)].at(-1);
  if (found === undefined) return { folder: null, text: bundle };
  const folder: unknown = JSON.parse(found[1] ?? "null");
  const text = bundle.slice(0, found.index) + bundle.slice(found.index + found[0].length);
  return { folder: typeof folder === "string" ? folder : null, text };
}

function withoutComments(text: string, parse: Parse): string {
  const comments: Range[] = [];
  // Where it is not understood, at least the names of the files between the statements go.
  if (parse(text, (range) => comments.push(range)) === null)
    return (
      chunksOf(text)
        ?.map((chunk) => chunk.text)
        .join("\n") ?? text
    );
  const kept: string[] = [];
  let at = 0;
  for (const comment of comments) {
    const { start, end } = withItsLine(text, comment);
    if (start > at) kept.push(text.slice(at, start));
    at = Math.max(at, end);
  }
  return kept.join("") + text.slice(at);
}

/** With its line where nothing else stands there, and with the spaces before it at the end of one. */
function withItsLine(text: string, { start, end }: Range): Range {
  const newline = text.indexOf("\n", end);
  const lineEnd = newline < 0 ? text.length : newline + 1;
  if (/\S/.test(text.slice(end, lineEnd))) return { start, end };
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const before = text.slice(lineStart, start).trimEnd();
  return before === "" ? { start: lineStart, end: lineEnd } : { start: lineStart + before.length, end };
}
