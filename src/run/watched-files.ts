// The files that `watch` of a block names: what a script imports, a table that a block reads. A pattern that means nothing
// would be believed to watch something for months, so it is a mistake.
import { existsSync, statSync } from "node:fs";
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
  const paths =
    first < 0 ? filesAt(root) : filesIn(root).filter(matching(root, parts.slice(first).join("/")));
  return paths.length > 0
    ? { kind: "files", paths: paths.sort() }
    : { kind: "nothing", problem: missing(pattern, first < 0 ? root : null, options.block) };
}

const isPattern = /[*?{}[\]]/;

function matching(root: string, pattern: string): (path: string) => boolean {
  const glob = new Bun.Glob(pattern);
  return (path) => glob.match(relative(root, path));
}

/** The file, or all files of the folder. */
function filesAt(path: string): string[] {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return [];
  return facts.isDirectory() ? filesIn(path) : [path];
}

/**
 * Nothing that a run writes: a dataset in the pipeline's folder would change with every task. Nor what is hidden, nor packages
 * of which there may be a hundred thousand files.
 */
function filesIn(root: string): string[] {
  const inDataset = existsSync(join(root, "runinfo"));
  const listing = observeFolder(root, (path, what) => {
    const name = basename(path);
    if (name.startsWith(".") || name === "node_modules") return false;
    if (inDataset && dirname(path) === "." && isOfDataset(name)) return false;
    return what === "file" || !existsSync(join(root, path, "runinfo"));
  });
  return [...listing.keys()]
    .map((path) => join(root, path))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

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
