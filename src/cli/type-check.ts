// The type checker inside the executable. It finds the types of "pipe" through the folder's own tsconfig; where there is
// none that knows them, or the folder cannot be written, through one in a temporary folder.
import { existsSync, mkdirSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { type Diagnostic, diagnostic, unable } from "../core/diagnostic.ts";
import { makeTemporaryFolder } from "../run/temporary-folder.ts";
import { childEnvironment } from "../system/child-environment.ts";
import { publish, readText } from "../system/durable-file.ts";
import { isFileError, onFile } from "../system/file-error.ts";
import {
  compilerOptions,
  declarationsName,
  declarationsText,
  isOurDeclarations,
  typeFiles,
  typesName,
} from "./editor-files.ts";

/** Every type error in the pipeline and what it imports. @param entry absolute. */
export async function typeCheck(entry: string): Promise<readonly Diagnostic[]> {
  const tsconfig = nearestTsconfig(dirname(entry));
  if (tsconfig !== null && knowsPipe(dirname(tsconfig))) return await runChecker([entry], dirname(entry));
  using folder = makeTemporaryFolder("types");
  writeFiles(folder.path, { ...typeFiles(), [declarationsName]: declarationsText() });
  const config = {
    ...(tsconfig === null ? {} : { extends: tsconfig }),
    compilerOptions: compilerOptions(join(folder.path, typesName)),
    files: [entry, join(folder.path, declarationsName)],
    include: [],
  };
  writeFiles(folder.path, { "tsconfig.json": JSON.stringify(config) });
  return await runChecker(["-p", join(folder.path, "tsconfig.json")], dirname(entry));
}

function nearestTsconfig(folder: string): string | null {
  const path = join(folder, "tsconfig.json");
  if (existsSync(path)) return path;
  const parent = dirname(folder);
  return parent === folder ? null : nearestTsconfig(parent);
}

/** Is there what `pipe init` wrote, of this version? What can be put right is put right: it is pipe's own. */
function knowsPipe(folder: string): boolean {
  const found = readText(join(folder, declarationsName));
  if (found === "missing" || !isOurDeclarations(found)) return false;
  try {
    if (found !== declarationsText()) writeFiles(folder, { [declarationsName]: declarationsText() });
    // `.pipe` is not in the repository, so a fresh clone has none.
    if (!existsSync(join(folder, typesName))) writeFiles(folder, typeFiles());
    return true;
  } catch (error) {
    if (isFileError(error)) return false;
    throw error;
  }
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    onFile("make-folder", dirname(path), () => mkdirSync(dirname(path), { recursive: true }));
    publish(path, text, { durability: "unsynced" });
  }
}

async function runChecker(args: readonly string[], folder: string): Promise<readonly Diagnostic[]> {
  const child = Bun.spawn([process.execPath, "check", "--no-script", "--no-pretty", "--all", ...args], {
    cwd: folder,
    env: { ...childEnvironment(process.env), BUN_BE_BUN: "1" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, messages, status] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  const found = parseChecker(out, folder);
  if (status === 0 || found.length > 0) return found;
  throw unable(
    diagnostic("type-checker-failed", `the type checker ended with status ${status} and no error`, {
      notes: [...out.split("\n"), ...messages.split("\n")].filter((line) => line !== "").slice(0, 20),
    }),
  );
}

/** Lines `FILE(LINE,COLUMN): error TS2322: MESSAGE`, the message going on in indented lines. */
export function parseChecker(output: string, folder: string): readonly Diagnostic[] {
  const found: { head: RegExpExecArray; notes: string[] }[] = [];
  for (const line of output.split("\n")) {
    const head = /^(?:(.+)\((\d+),(\d+)\): )?error (TS\d+): (.*)$/.exec(line);
    if (head !== null) found.push({ head, notes: [] });
    else if (/^\s+\S/.test(line)) found.at(-1)?.notes.push(line);
  }
  return found.map(({ head, notes }) => {
    const [, file, line, column, code = "", message = ""] = head;
    if (file === undefined) return diagnostic(code, message, { notes });
    const path = isAbsolute(file) ? file : resolve(folder, file);
    return diagnostic(code, message, {
      notes,
      place: {
        file: path,
        line: Number(line),
        column: Number(column),
        text: lineOf(path, Number(line)),
        length: 1,
      },
    });
  });
}

function lineOf(path: string, line: number): string | null {
  const text = readText(path);
  return text === "missing" ? null : (text.split(/\r?\n/)[line - 1] ?? null);
}
