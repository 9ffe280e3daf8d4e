// The user's pipeline, with all that it imports, as one JavaScript file in the run's folder. Nodes run this file: what
// is edited during the run changes nothing under its feet, and they need neither the sources nor node_modules.
import { basename, dirname, join, relative, resolve } from "node:path";
import { folderExport } from "../api/load-bundle.ts";
import { refuse } from "../core/diagnostic.ts";
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
  const { outputs, metafile } = await build(entry);
  const code = outputs.find((output) => output.kind === "entry-point");
  const map = outputs.find((output) => output.kind === "sourcemap");
  if (code === undefined || map === undefined) throw new Error(`the bundler gave no code for ${entry}`);
  const written = parseSourceMap(await map.text());
  const inputs = Object.keys(metafile?.inputs ?? {});
  const folder = dirname(entry);
  const bundle: Bundle = {
    code: withoutWorkingDirectory(await code.text(), { inputs, folder }),
    map: { ...written, sources: written.sources.map((path) => resolve(path)) },
  };
  for (const asset of outputs.filter((output) => output.kind === "asset")) {
    const path = join(dirname(outFile), asset.path);
    makeFolders(dirname(path));
    publish(path, new Uint8Array(await asset.arrayBuffer()), { durability: "synced" });
  }
  const fixed = fixBundle(bundle);
  publish(`${outFile}.map`, JSON.stringify(fixed.map), { durability: "synced" });
  publish(outFile, finished(fixed.code, { folder, outFile }), { durability: "synced" });
  return { kind: "bundled", outFile, folder, sources: inputs.map((path) => resolve(path)) };
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
    metafile: true,
    throw: false,
  });
  if (result.success) return result;
  const errors = result.logs.filter((log) => log.level === "error").map(bundleDiagnostic);
  throw refuse(...(errors.length > 0 ? errors : result.logs.map(bundleDiagnostic)));
}

/** The bundler heads each file with its path from the working directory; the bundle must not depend on where one stood. */
function withoutWorkingDirectory(code: string, about: { inputs: readonly string[]; folder: string }): string {
  const headings = new Map(
    about.inputs.map((path) => [`// ${path}`, `// ${relative(about.folder, resolve(path))}`]),
  );
  return code
    .split("\n")
    .map((line) => headings.get(line) ?? line)
    .join("\n");
}

/** Files that the pipeline imports as files (`import scene from "./scene.stl"`), beside the bundle. */
export const assetFolder = "pipeline-files";

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
