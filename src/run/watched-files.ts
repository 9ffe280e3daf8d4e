// The files that `watch` of a block names: what a script imports, a table that a block reads. A pattern that means nothing
// would be believed to watch something for months, so it is a mistake.
import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { parseSampleFolderName } from "../core/ids.ts";
import { observeFolder } from "../system/observe-folder.ts";
import { nearestFile } from "./bundle-errors.ts";

export type Watched =
  /** Absolute paths in the order of their names. */
  | { readonly kind: "files"; readonly paths: readonly string[] }
  | { readonly kind: "nothing"; readonly problem: Diagnostic };

/** @param options.folder that of the pipeline file, absolute; `block` for the message. */
export function watchedFiles(pattern: string, options: { folder: string; block: string }): Watched {
  const parts = pattern.split("/");
  const first = parts.findIndex((part) => isPattern.test(part));
  const root = resolve(options.folder, (first < 0 ? parts : parts.slice(0, first)).join("/") || ".");
  const paths = first < 0 ? filesAt(root) : filesLike(root, parts.slice(first));
  return paths.length > 0
    ? { kind: "files", paths: paths.sort() }
    : { kind: "nothing", problem: missing(pattern, first < 0 ? root : null, options.block) };
}

const isPattern = /[*?{}[\]]/;

/** As in a shell, a name that begins with a dot is meant only where the pattern says the dot. */
function filesLike(root: string, parts: readonly string[]): string[] {
  const glob = new Bun.Glob(parts.join("/"));
  const dotted = parts.filter((part) => saysDot.test(part)).map((part) => new Bun.Glob(part));
  const isMeant = (name: string) => !name.startsWith(".") || dotted.some((one) => one.match(name));
  return filesIn(root, isMeant).filter((path) => glob.match(relative(root, path)));
}

const saysDot = /^\.|[{,]\./;

/** The file, or all files of the folder. */
function filesAt(path: string): string[] {
  if (!existsSync(path)) return [];
  return statSync(path).isDirectory() ? filesIn(path, () => true) : [path];
}

/**
 * Nothing that a run writes: a dataset in the pipeline's folder would change with every task, and Python keeps what it made of
 * the files beside them. Nor what belongs to version control, nor packages of which there may be a hundred thousand files.
 *
 * Links to folders are followed; `above`: the real folders that those lie in which led here.
 */
function filesIn(root: string, isMeant: (name: string) => boolean, above: readonly string[] = []): string[] {
  const inDataset = isDataset(root);
  const listing = observeFolder(root, (path, what) => {
    const name = basename(path);
    if (!isMeant(name) || notCode.has(name)) return false;
    if (inDataset && dirname(path) === "." && isOfDataset(name)) return false;
    return what === "file" || !isDataset(join(root, path));
  });
  return [...listing.keys()].flatMap((name) => {
    const path = join(root, name);
    const facts = statSync(path, { throwIfNoEntry: false });
    if (facts?.isFile() === true) return [path];
    return facts?.isDirectory() === true ? filesBehind(path, isMeant, above) : [];
  });
}

function filesBehind(link: string, isMeant: (name: string) => boolean, above: readonly string[]): string[] {
  const target = realpathSync(link);
  const within = [...above, realpathSync(dirname(link))];
  // Into a folder that the way to it leads through: that would go round for ever.
  const isRound = within.some((folder) => folder === target || folder.startsWith(`${target}/`));
  return isRound || target === "/" || isDataset(target) ? [] : filesIn(link, isMeant, within);
}

/** As in a watched folder: whether something that lies in a folder may be a part of a block's code. */
export function mayCount(folder: string, name: string): boolean {
  if (notCode.has(name) || (isDataset(folder) && isOfDataset(name))) return false;
  return !isDataset(join(folder, name));
}

const notCode = new Set([".git", ".hg", ".svn", ".venv", "node_modules", "__pycache__"]);

const isDataset = (folder: string): boolean => existsSync(join(folder, "runinfo"));

const isOfDataset = (name: string): boolean =>
  /^(?:runinfo|(?:statistics|configs)\.csv)$/.test(name) || parseSampleFolderName(name) !== null;

function missing(pattern: string, path: string | null, block: string): Diagnostic {
  const said = JSON.stringify(pattern);
  if (path === null)
    return diagnostic("no-such-file", `${block}: there is no file that \`watch\` means by ${said}`);
  const near = existsSync(path) ? null : nearestFile(path);
  const what = existsSync(path) ? "holds no files" : "is not there";
  const last = pattern.lastIndexOf("/") + 1;
  return diagnostic("no-such-file", `${block}: ${said} in \`watch\` ${what}`, {
    notes: [`looked for ${basename(path)} in ${dirname(path)}`],
    ...(near === null ? {} : { hint: `did you mean ${JSON.stringify(pattern.slice(0, last) + near)}?` }),
  });
}
