// What each block of a pipeline consists of, with a digest for each part: classes by what the bundle says of them, programs
// by their scripts, and both by the files that they `watch`. And what it was made with.
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { CommandBlock } from "../api/command.ts";
import type { PipelinePart } from "../api/parts.ts";
import { type BlockCode, codeIdentities } from "../cache/code/identity.ts";
import { digestOf } from "../cache/digest.ts";
import type { CodePart } from "../cache/record.ts";
import { type Diagnostic, refuse } from "../core/diagnostic.ts";
import { literalTemplate } from "../core/placeholder.ts";
import { readContent } from "../system/file-content.ts";
import { type CodeMemory, rememberedCode } from "./code-memory.ts";
import { withoutPlaceholders } from "./command-paths.ts";
import { isScriptName, namedPaths } from "./named-paths.ts";
import { watchedFiles } from "./watched-files.ts";

/**
 * In the order of the parts.
 * @param options.bundle the text of pipeline.js; `folder`: that of the pipeline file, absolute.
 * @throws Refusal where a watched file is not there; FileError where one cannot be read.
 */
export async function blockCode(options: {
  readonly parts: readonly PipelinePart[];
  readonly bundle: string;
  readonly folder: string;
  /** Where the answer for the last bundle is kept; null: nowhere. */
  readonly memory?: CodeMemory | null;
}): Promise<readonly BlockCode[]> {
  const { parts, bundle, folder } = options;
  const missing = missingWatchedFiles(parts, folder);
  if (missing.length > 0) throw refuse(...missing.map(({ problem }) => problem));
  const files = new FileParts(folder);
  const classes = parts
    .filter(({ spec }) => spec.kind.kind === "code")
    .map(({ spec, block }) => ({
      block: spec.name,
      name: block.constructor.name,
      source: Function.prototype.toString.call(block.constructor),
    }));
  const looked = await rememberedCode({ bundle, classes }, options.memory ?? null, () =>
    codeIdentities(bundle, classes),
  );
  const codes = new Map(looked.map((code) => [code.block, code]));
  const found: BlockCode[] = [];
  for (const { spec, block } of parts) {
    const paths = new Set(block instanceof CommandBlock ? scriptsOf(block.argv, folder) : []);
    for (const pattern of spec.watch) {
      const watched = watchedFiles(pattern, { folder, block: spec.name });
      if (watched.kind === "files") for (const path of watched.paths) paths.add(path);
    }
    const more: CodePart[] = [];
    for (const path of [...paths].sort()) more.push(await files.of(path));
    found.push(together(codes.get(spec.name) ?? { block: spec.name, digest: digestOf(""), parts: [] }, more));
  }
  return found;
}

function together({ block, digest, parts }: BlockCode, more: readonly CodePart[]): BlockCode {
  if (more.length === 0) return { block, digest, parts };
  const files = more.map((part) => JSON.stringify([part.name, part.digest]));
  return { block, digest: digestOf([digest, ...files].join("\n")), parts: [...parts, ...more] };
}

/**
 * What a block was made with, to be made canonical: the fields of an instance, the arguments of a command as they are written.
 * Where `options` is its only field, what is in there.
 */
export function blockOptions({ spec, block }: PipelinePart, folder: string): unknown {
  if (block instanceof CommandBlock) {
    const argv = block.argv.map((element) => fromHere(element, folder));
    return { argv, persistent: spec.kind.kind === "persistent" };
  }
  const fields: Readonly<Record<string, unknown>> = { ...block };
  return Object.keys(fields).join() === "options" && isPlain(fields.options) ? fields.options : fields;
}

const isPlain = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** `index`: of the part whose `watch` names what is not there. */
export function missingWatchedFiles(
  parts: readonly PipelinePart[],
  folder: string,
): readonly { readonly index: number; readonly problem: Diagnostic }[] {
  return parts.flatMap(({ spec }, index) =>
    spec.watch.flatMap((pattern) => {
      const watched = watchedFiles(pattern, { folder, block: spec.name });
      return watched.kind === "nothing" ? [{ index, problem: watched.problem }] : [];
    }),
  );
}

/** A path into the pipeline's folder does not change when the folder is moved. */
function fromHere(element: string, folder: string): string {
  return element.startsWith(`${folder}/`) ? `./${element.slice(folder.length + 1)}` : element;
}

/** The files among a command's arguments that are its code. */
function scriptsOf(argv: readonly string[], folder: string): readonly string[] {
  return argv.flatMap((element) => {
    const own = /^\.\.?\//.test(element) || element.startsWith(`${literalTemplate(folder)}/`);
    if (!own && !isAbsolute(element)) return [];
    const literal = withoutPlaceholders(element);
    const paths = literal === null ? (namedPaths(element, folder)?.paths ?? []) : [resolve(folder, literal)];
    // Another file that a value names may as well be what the command writes: then it would run again for its own result.
    const counts = (path: string) => (own && literal !== null) || isScript(path);
    return paths.filter((path) => existsSync(path) && statSync(path).isFile() && counts(path));
  });
}

/** A program of the machine, or its data, is not the block's code; a script that lies elsewhere is. */
function isScript(path: string): boolean {
  if (isScriptName(path)) return true;
  try {
    return statSync(path).size < largestScript && readFileSync(path).subarray(0, 2).toString() === "#!";
  } catch {
    return false;
  }
}

const largestScript = 1 << 20;

/** Each file is read once, however many blocks use it. */
class FileParts {
  readonly #folder: string;
  readonly #known = new Map<string, CodePart>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async of(path: string): Promise<CodePart> {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const content = await readContent(realpathSync(path));
    const name = relative(this.#folder, path);
    const part = { name, digest: digestOf(content === "missing" ? "missing" : content.sha256) };
    this.#known.set(path, part);
    return part;
  }
}
