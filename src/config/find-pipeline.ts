// Which file is the pipeline, and which pipe.toml goes with it.
//
// A pipeline.ts is configured by the pipe.toml in its folder. A .toml file that is run itself is pipeline and
// configuration in one, and no other pipe.toml is looked at.

import { readdirSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { diagnostic, refuse } from "../core/diagnostic.ts";
import { nearest } from "../core/nearest.ts";
import { type Config, noConfig } from "./config.ts";
import { loadConfig, shortName } from "./load.ts";

/** Paths are absolute. */
export type PipelineFile =
  | { readonly kind: "code"; readonly path: string; readonly config: string | null }
  | { readonly kind: "toml"; readonly path: string };

/**
 * @param named what was written on the command line: a file, a folder that holds one, or null for the working directory.
 * @throws Refusal where there is none.
 */
export function findPipeline(cwd: string, named: string | null): PipelineFile {
  if (named === null) return inFolder(cwd, null);
  const path = resolve(cwd, named);
  switch (whatIs(path)) {
    case "folder":
      return inFolder(path, named);
    case "nothing":
      throw missing(path, named);
    case "file":
      return asPipeline(path, named);
  }
}

/** The configuration that goes with the pipeline. @throws Refusal with everything that is wrong in it. */
export async function loadPipelineConfig(pipeline: PipelineFile): Promise<Config> {
  if (pipeline.kind === "toml") {
    const config = await loadConfig(pipeline.path);
    if (config.blocks.length > 0) return config;
    throw refuse(
      diagnostic(
        "no-blocks",
        `\`${shortName(pipeline.path)}\` has no \`[[block]]\`, so there is nothing to run`,
        {
          hint: "add a `[[block]]` with `name` and `command`, or write a `pipeline.ts` beside it (`pipe init`)",
        },
      ),
    );
  }
  if (pipeline.config === null) return noConfig;
  const config = await loadConfig(pipeline.config);
  const [block] = config.blocks;
  if (block === undefined) return config;
  const code = shortName(pipeline.path);
  const toml = shortName(pipeline.config);
  throw refuse(
    diagnostic("two-pipelines", `\`${toml}\` declares blocks, and so does \`${code}\` beside it`, {
      place: block.place,
      notes: [
        `beside a pipeline in TypeScript, \`${basename(toml)}\` only says what changes from machine to machine`,
      ],
      hint: `run the blocks of the one with \`pipe run ${toml}\`, or move them into \`${code}\``,
    }),
  );
}

/** The pipe.toml of a folder, for commands that look at a dataset and run no pipeline; `noConfig` where there is none. */
export async function loadFolderConfig(folder: string): Promise<Config> {
  const path = join(folder, "pipe.toml");
  return whatIs(path) === "file" ? await loadConfig(path) : noConfig;
}

const codeExtensions = [".ts", ".mts", ".tsx", ".js", ".mjs", ".jsx"];

function inFolder(folder: string, named: string | null): PipelineFile {
  const code = join(folder, "pipeline.ts");
  if (whatIs(code) === "file") return asPipeline(code, code);
  const toml = join(folder, "pipe.toml");
  if (whatIs(toml) === "file") return { kind: "toml", path: toml };
  const where = named === null ? "here" : `in \`${named}\``;
  throw refuse(
    diagnostic("no-pipeline", `there is no pipeline ${where}: neither \`pipeline.ts\` nor \`pipe.toml\``, {
      hint: "`pipe init` writes one to start from; another file is named as in `pipe run FILE`",
    }),
  );
}

function asPipeline(path: string, named: string): PipelineFile {
  const extension = extname(path).toLowerCase();
  if (extension === ".toml") return { kind: "toml", path };
  if (!codeExtensions.includes(extension)) {
    throw refuse(
      diagnostic("no-pipeline", `\`${named}\` is no pipeline: that is a TypeScript file or a TOML file`, {
        hint: "a program of your own becomes a step with `[[block]]` in a `pipe.toml` (`pipe init --template command`)",
      }),
    );
  }
  const config = join(dirname(path), "pipe.toml");
  return { kind: "code", path, config: whatIs(config) === "file" ? config : null };
}

function missing(path: string, named: string) {
  const near = nearest(basename(path), pipelinesIn(dirname(path)));
  const meant = near === null ? null : join(dirname(named), near);
  return refuse(
    diagnostic("no-pipeline", `there is no \`${named}\``, {
      hint: meant === null ? "`pipe init` writes a pipeline to start from" : `did you mean \`${meant}\`?`,
    }),
  );
}

function pipelinesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => [...codeExtensions, ".toml"].includes(extname(name)));
  } catch {
    // What is wrong with the folder is wrong with the file too, and that is being said already.
    return [];
  }
}

function whatIs(path: string): "file" | "folder" | "nothing" {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? "nothing" : found.isDirectory() ? "folder" : "file";
}
