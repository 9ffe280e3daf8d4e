// What an argument of a command can name where a part of its path is a value of the sample: `./s-{sample.id}.sh`. Which of the
// files it is only the sample knows, so all of them are the block's code; else a change in one of them would run nothing.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Piece, parseTemplate } from "../core/placeholder.ts";
import { mayCount } from "./watched-files.ts";

export interface NamedPaths {
  /** Files and folders, absolute, in the order of their names. */
  readonly paths: readonly string[];
  /** For a message: what was looked for, and where. */
  readonly pattern: string;
  readonly root: string;
}

/**
 * A value stands for any text within one component of the path. Null where there is none in it, or where it is itself a path:
 * that of the sample or the dataset.
 * @param folder what the element is meant from.
 */
export function namedPaths(element: string, folder: string): NamedPaths | null {
  const template = parseTemplate(element);
  if (template.kind === "bad-template") return null;
  const { pieces } = template;
  if (pieces.every(({ kind }) => kind === "text") || pieces.some(isPath)) return null;
  const parts = pieces
    .map((piece) => (piece.kind === "text" ? piece.text : value))
    .join("")
    .split("/");
  const first = parts.findIndex((part) => part.includes(value));
  const root = resolve(folder, parts.slice(0, first).join("/") || (element.startsWith("/") ? "/" : "."));
  const asked = parts.slice(first).filter((part) => part !== "" && part !== ".");
  return { root, pattern: asked.join("/").replaceAll(value, "*"), paths: pathsLike(root, asked) };
}

/** Whether a file is a program's text, as far as its name tells. */
export const isScriptName = (path: string): boolean =>
  /\.(?:py|sh|bash|[cm]?[jt]s|rb|pl|r|jl|m|lua|tcl|scn|pyscn)$/i.test(path);

/** No path has it. */
const value = "\0";

const isPath = (piece: Piece): boolean =>
  piece.kind === "value" && /^(?:sample|dataset)\.path$/.test(piece.path.join("."));

function pathsLike(folder: string, [part, ...rest]: readonly string[]): string[] {
  if (part === undefined) return [folder];
  const names = part.includes(value) ? namesLike(folder, part) : [part];
  return names
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .flatMap((path) => pathsLike(path, rest));
}

function namesLike(folder: string, part: string): string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
  const glob = new Bun.Glob(part.replaceAll(/[*?[\]{}!\\]/g, "\\$&").replaceAll(value, "*"));
  const isMeant = (name: string) => !name.startsWith(".") || part.startsWith(".");
  return readdirSync(folder)
    .filter((name) => isMeant(name) && glob.match(name) && mayCount(folder, name))
    .sort();
}
