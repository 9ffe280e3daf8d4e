// `pipe init`: a pipeline to start from, with everything an editor needs. Nothing that exists is overwritten, and all
// names are looked at before the first file is written.
import { chmodSync, lstatSync, mkdirSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join, relative, resolve } from "node:path";
import { diagnostic, refuse } from "../core/diagnostic.ts";
import { nearest } from "../core/nearest.ts";
import { shellWord } from "../core/shell-word.ts";
import { type Files, templates } from "../generated/embedded.ts";
import { coloursWanted } from "../report/colour.ts";
import { say } from "../report/message.ts";
import { publish, readText } from "../system/durable-file.ts";
import { removeFile } from "../system/durable-folder.ts";
import { isFileError, onFile } from "../system/file-error.ts";
import {
  declarationsName,
  declarationsText,
  isOurDeclarations,
  tsconfigText,
  typeFiles,
  typesName,
} from "./editor-files.ts";
import { exitStatus } from "./exit-status.ts";

export interface InitOptions {
  /** null: the working directory. */
  readonly dir: string | null;
  /** null: `deform`. */
  readonly template: string | null;
}

/**
 * @throws Refusal where there is no such template, or where files are in the way; FileError where it cannot be written.
 */
export async function initCommand(options: InitOptions): Promise<number> {
  const template = options.template ?? "deform";
  const folder = resolve(options.dir ?? ".");
  const files = filesOf(template);
  refuseFile(folder, options.dir);
  const inTheWay = Object.keys(files).filter((name) => exists(join(folder, name)) && !isOurs(folder, name));
  if (inTheWay.length > 0) throw refuse(filesInTheWay(inTheWay, options.dir));
  const hasIgnore = exists(join(folder, ignoreName));
  writeAll(folder, hasIgnore ? files : { ...files, [ignoreName]: ignoreText });
  await say("success", whatWasWritten({ files, folder, template, hasIgnore }), withColours());
  process.stdout.write(nextSteps(files, folder));
  return exitStatus.fine;
}

function filesOf(template: string): Files {
  const all = templates();
  const own = Object.hasOwn(all, template) ? all[template] : undefined;
  if (own === undefined) {
    const names = Object.keys(all);
    const near = nearest(template, names);
    throw refuse(
      diagnostic("unknown-template", `there is no template \`${template}\``, {
        hint: near === null ? `templates: ${names.join(", ")}` : `did you mean \`${near}\`?`,
      }),
    );
  }
  return hasTypes(own)
    ? { ...own, [declarationsName]: declarationsText(), "tsconfig.json": tsconfigText() }
    : own;
}

function refuseFile(folder: string, dir: string | null): void {
  try {
    const found = onFile("status", folder, () => statSync(folder, { throwIfNoEntry: false }));
    if (found === undefined || found.isDirectory()) return;
  } catch (error) {
    if (!isFileError(error, "wrong-kind")) throw error;
  }
  throw refuse(
    diagnostic("file-in-the-way", `\`${dir ?? folder}\` cannot be a folder: a file is in its way`, {
      hint: "choose another folder (`pipe init DIR`), or move the file away",
    }),
  );
}

/** A pipeline of programs has nothing to type-check. */
const hasTypes = (files: Files): boolean => Object.keys(files).some((name) => name.endsWith(".ts"));

const ignoreName = ".gitignore";
const ignoreText = "# Datasets, and the types that `pipe check` writes by itself.\ndata/\nruninfo/\n.pipe/\n";

/** Also a link that leads nowhere is in the way. */
const exists = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

function isOurs(folder: string, name: string): boolean {
  if (name !== declarationsName) return false;
  const text = readText(join(folder, name));
  return text !== "missing" && isOurDeclarations(text);
}

function filesInTheWay(names: readonly string[], dir: string | null) {
  const where = dir === null ? "this folder" : `\`${dir}\``;
  const one = names.length === 1;
  return diagnostic(
    "files-in-the-way",
    `${where} has ${names.slice(0, 8).join(", ")}${names.length > 8 ? ", …" : ""} already; nothing was written`,
    {
      hint: `choose another folder (\`pipe init DIR\`), or move ${one ? "this file" : "these files"} away`,
    },
  );
}

/** What was written goes away again where the rest cannot follow: half a pipeline is worse than none. */
function writeAll(folder: string, files: Files): void {
  const written: string[] = [];
  try {
    for (const [name, text] of Object.entries({ ...files, ...(hasTypes(files) ? typeFiles() : {}) })) {
      const path = join(folder, name);
      onFile("make-folder", dirname(path), () => mkdirSync(dirname(path), { recursive: true }));
      publish(path, text, { durability: "unsynced" });
      if (!name.startsWith(typesName)) written.push(path);
      if (text.startsWith("#!")) onFile("write", path, () => chmodSync(path, 0o755));
    }
  } catch (error) {
    for (const path of written) removeFile(path);
    throw error;
  }
}

interface Written {
  readonly files: Files;
  readonly folder: string;
  readonly template: string;
  readonly hasIgnore: boolean;
}

function whatWasWritten({ files, folder, template, hasIgnore }: Written): string {
  const where = relative(process.cwd(), folder) === "" ? "this folder" : relative(process.cwd(), folder);
  const wrote = `wrote the template \`${template}\` to ${where}: ${Object.keys(files).sort().join(", ")}`;
  return hasIgnore ? `${wrote}; kept its ${ignoreName}, which should list data/ and .pipe/` : wrote;
}

const withColours = (): boolean =>
  coloursWanted({ flag: null, isTerminal: process.stderr.isTTY === true, environment: process.env });

function nextSteps(files: Files, folder: string): string {
  const where = relative(process.cwd(), folder);
  const ownSettings = "pipe.toml" in files;
  const run = ownSettings ? "run --run_local" : "run --run_local --data_path data --num_samples 24";
  const pipe = shellWord(ownName());
  return [
    "next:",
    ...(where === "" ? [] : [`  cd ${shellWord(where)}`]),
    ...(ownSettings ? [] : [`  ${pipe} check`]),
    `  ${pipe} ${run}`,
    "",
  ].join("\n");
}

/** How to call this executable from a shell: by its name where the PATH leads to it, else by its path. */
function ownName(): string {
  const { execPath } = process;
  // From source it is bun that runs, and what a person will type is not known.
  if (!import.meta.path.startsWith("/$bunfs/")) return "pipe";
  const name = basename(execPath);
  const onPath = (process.env.PATH ?? "").split(delimiter).some((folder) => join(folder, name) === execPath);
  return onPath ? name : execPath;
}
