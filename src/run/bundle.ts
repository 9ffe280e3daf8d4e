// The user's pipeline, with all that it imports, as one JavaScript file in the run's folder. Nodes run this file: what
// is edited during the run changes nothing under its feet, and they need neither the sources nor node_modules.
import { basename, dirname, join, relative, resolve } from "node:path";
import { exportedNames, folderExport, missingFromPipe } from "../api/load-bundle.ts";
import { type Diagnostic, type Place, refuse } from "../core/diagnostic.ts";
import { publish } from "../system/durable-file.ts";
import { makeFolders } from "../system/durable-folder.ts";
import { bundleDiagnostic } from "./bundle-errors.ts";
import { type Bundle, fixBundle } from "./bundle-fixes.ts";
import { parseSourceMap } from "./source-map.ts";

export interface Bundled {
  readonly kind: "bundled";
  /** The bundle, absolute. Its source map lies beside it as `….map`. */
  readonly outFile: string;
  /** The folder of the pipeline file: what `./` in commands means. */
  readonly folder: string;
  /** Every file that went in, absolute; the user's own and packages. */
  readonly sources: readonly string[];
}

/**
 * @param options.entry the pipeline file, absolute, which exists.
 * @param options.outFile where to write it: `runinfo/NNN/pipeline.js`.
 * @throws Refusal with every mistake that the bundler finds; FileError where the file cannot be written.
 */
export async function bundlePipeline(options: { entry: string; outFile: string }): Promise<Bundled> {
  const { entry, outFile } = options;
  const { outputs } = await build(entry);
  const code = outputs.find((output) => output.kind === "entry-point");
  const map = outputs.find((output) => output.kind === "sourcemap");
  if (code === undefined || map === undefined) throw new Error(`the bundler gave no code for ${entry}`);
  const written = parseSourceMap(await map.text());
  const sources = written.sources.map((path) => resolve(path));
  const folder = dirname(entry);
  const bundle: Bundle = {
    code: withoutWorkingDirectory(await code.text(), { written: written.sources, folder }),
    map: { ...written, sources },
  };
  const unknown = unknownImports(bundle);
  if (unknown.length > 0) throw refuse(...unknown);
  for (const asset of outputs.filter((output) => output.kind === "asset")) {
    const path = join(dirname(outFile), asset.path);
    makeFolders(dirname(path));
    publish(path, new Uint8Array(await asset.arrayBuffer()), { durability: "synced" });
  }
  const fixed = fixBundle(bundle);
  publish(`${outFile}.map`, JSON.stringify(fixed.map), { durability: "synced" });
  publish(outFile, finished(fixed.code, { folder, outFile }), { durability: "synced" });
  return { kind: "bundled", outFile, folder, sources };
}

async function build(entry: string): Promise<Bun.BuildOutput> {
  const result = await Bun.build({
    entrypoints: [entry],
    format: "esm",
    target: "bun",
    external: ["pipe"],
    sourcemap: "external",
    minify: false,
    naming: { asset: `${assetFolder}/[name]-[hash].[ext]` },
    throw: false,
  });
  if (result.success) return result;
  const errors = result.logs.filter((log) => log.level === "error").map(bundleDiagnostic);
  throw refuse(...(errors.length > 0 ? errors : result.logs.map(bundleDiagnostic)));
}

/** The bundler heads each file with its path from the working directory; the bundle must not depend on where one stood. */
function withoutWorkingDirectory(
  code: string,
  about: { written: readonly string[]; folder: string },
): string {
  const headings = new Map(
    about.written.map((path) => [`// ${path}`, `// ${relative(about.folder, resolve(path))}`]),
  );
  return code
    .split("\n")
    .map((line) => headings.get(line) ?? line)
    .join("\n");
}

/** Files that the pipeline imports as files (`import scene from "./scene.stl"`), beside the bundle. */
const assetFolder = "pipeline-files";

/** The bundler gives an imported file's path relative to wherever the program is started; made absolute when loaded. */
function finished(code: string, about: { folder: string; outFile: string }): string {
  const assets = code.replace(
    /^(\s*(?:var )?[\w$]+ = )"\.\/(pipeline-files\/[^"\\]+)";$/gm,
    (_, head: string, path: string) => `${head}import.meta.dir + ${JSON.stringify(`/${path}`)};`,
  );
  return [
    assets.replace(/\n\/\/# debugId=.*\n*$/, "\n"),
    `export const ${folderExport} = ${JSON.stringify(about.folder)};\n`,
    `//# sourceMappingURL=${basename(about.outFile)}.map\n`,
  ].join("");
}

/** The bundler cannot know what "pipe" exports; a worker that found out would only say so when the run has begun. */
function unknownImports(bundle: Bundle): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [, default_, list] of bundle.code.matchAll(
    /^(?:im|ex)port (?:([\w$]+)(?:, )?)?(?:\{([^}]*)\} )?from "pipe";$/gm,
  )) {
    const names = (list ?? "").split(",").map((one) => one.trim().split(/\s+as\s+/)[0] ?? "");
    if (default_ !== undefined && default_ !== "type") names.push("default");
    for (const name of names) {
      if (name === "" || exportedNames.includes(name)) continue;
      const place = name === "default" ? null : importPlace(bundle, name);
      found.push({ ...missingFromPipe(name), place });
    }
  }
  return found;
}

function importPlace(bundle: Bundle, name: string): Place | null {
  for (const [index, text] of bundle.map.sourcesContent.entries()) {
    const file = bundle.map.sources[index];
    const statement = new RegExp(
      `\\b(?:import|export)\\b[^;"']*?[{,\\s](${RegExp.escape(name)})[},\\s][^;"']*?from\\s*["']pipe["']`,
      "d",
    ).exec(text);
    const at = statement?.indices?.[1]?.[0];
    if (file === undefined || at === undefined) continue;
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
