// A block that is somebody's own program. It is data and no code: the worker starts the program, so that it can be
// ended, measured and told apart from the worker itself.
import type { BlockOptions } from "./block-options.ts";

/** Made by `command(…)`. */
export class CommandBlock {
  readonly #parts: {
    readonly name: string;
    readonly argv: readonly string[];
    readonly options: BlockOptions;
  };

  /** @internal */
  constructor(parts: { name: string; argv: readonly string[]; options: BlockOptions }) {
    this.#parts = parts;
  }

  /** @internal */
  get commandName(): string {
    return this.#parts.name;
  }

  /** @internal */
  get argv(): readonly string[] {
    return this.#parts.argv;
  }

  /** @internal */
  get options(): BlockOptions {
    return this.#parts.options;
  }
}

/**
 * A block that runs a program: Python, SOFA, Blender, a shell script. The program runs in the sample's folder, reads the
 * sample from the JSON file `PIPE_SAMPLE`, and may write `{"config": …, "statistics": …}` or `{"issue": "why"}` to
 * `PIPE_RESULT`. Exit status 0 is success.
 *
 * No shell is involved: each element is one argument, whatever characters it holds. An element that begins with `./` or
 * `../` is meant from the folder of the pipeline file and must exist; where a value is a part of its path, one file that it can
 * name. `{sample.id}`, `{sample.path}`,
 * `{sample.config.Block_0.key}`, `{sample.statistics.Block_0.key}` and `{dataset.path}` are replaced by their values;
 * `{{` and `}}` stand for braces.
 * @param name the block's type: `command("Mesh", …)` is called `Mesh_0`.
 * @param argv the program and its arguments.
 * @param options as those of `append`, which win. `persistent: true`: started once per worker; it is given one JSON line
 *   per sample on its standard input and answers with one JSON line.
 * @example command("Mesh", ["python3", "./mesh.py", "--size", "{sample.config.RandomScene_0.size}"], { time: "10m" })
 */
export function command(name: string, argv: readonly string[], options: BlockOptions = {}): CommandBlock {
  return new CommandBlock({ name, argv, options });
}
