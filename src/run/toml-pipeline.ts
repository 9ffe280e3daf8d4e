// A pipeline without TypeScript: the [[block]] entries of pipe.toml as the text of a module. Workers then always load
// pipeline.js, and nothing in them knows that there are two ways of writing a pipeline.
import { folderExport } from "../api/load-bundle.ts";
import type { Diagnostic, Place } from "../core/diagnostic.ts";
import { publish } from "../system/durable-file.ts";

export interface TomlBlock {
  readonly name: string;
  readonly argv: readonly string[];
  /** As those of `command(name, argv, options)`. */
  readonly options: object;
  /** Where the entry stands in pipe.toml. */
  readonly place: Place;
}

export interface TomlPipeline {
  /** The folder of pipe.toml, absolute: what `./` in commands means. */
  readonly folder: string;
  readonly seed: number | string | null;
  readonly blocks: readonly TomlBlock[];
}

/** The module's text. Every value is written as JSON, so that no text of a user becomes code. */
function tomlPipelineText(pipeline: TomlPipeline): string {
  const options = pipeline.seed === null ? "" : code({ seed: pipeline.seed });
  return [
    "// Made from pipe.toml.",
    `import { Pipeline, command } from "pipe";`,
    `export const ${folderExport} = ${code(pipeline.folder)};`,
    `export default new Pipeline(${options})`,
    ...pipeline.blocks.map(
      ({ name, argv, options }) => `  .append(command(${code(name)}, ${code(argv)}, ${code(options)}))`,
    ),
    "  ;\n",
  ].join("\n");
}

/** @throws FileError where it cannot be written. */
export function writeTomlPipeline(pipeline: TomlPipeline, outFile: string): void {
  publish(outFile, tomlPipelineText(pipeline), { durability: "synced" });
}

/** A mistake found in line `line` of the module is one of the entry that the line was made from. */
export function inToml(problem: Diagnostic, pipeline: TomlPipeline, outFile: string): Diagnostic {
  const { place } = problem;
  if (place === null || place.file !== outFile || place.line === null) return problem;
  return { ...problem, place: pipeline.blocks[place.line - linesBefore - 1]?.place ?? null };
}

/** Lines of the module before that of the first block. */
const linesBefore = 4;

/** JSON is JavaScript since 2019, `__proto__` as a literal key excepted. */
const code = (value: unknown): string => JSON.stringify(value).replaceAll('"__proto__":', '["__proto__"]:');
