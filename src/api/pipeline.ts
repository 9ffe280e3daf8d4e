// The ordered list of blocks, as the user writes it. append() only keeps what it is given; parts() names the blocks and
// checks everything at once, so that all mistakes of a pipeline are told together, each with the line it stands in.
import { type Diagnostic, type Place, refuse } from "../core/diagnostic.ts";
import type { Json } from "../core/json.ts";
import type { DatasetBlock, PipelineBlock } from "./block.ts";
import type { BlockOptions } from "./block-options.ts";
import { checkPlot } from "./check-plot.ts";
import type { CommandBlock } from "./command.ts";
import type { DataSample, SerializationInfo } from "./data-sample.ts";
import { type Appended, assemble, type PipelinePart } from "./parts.ts";
import type { Plot } from "./plots.ts";
import { framesOf, placeOf } from "./source-place.ts";

/** Options of a pipeline. */
export interface PipelineOptions {
  /** The dataset's seed, from which every `sample.random` is seeded; default 0. `--seed` wins over it. */
  readonly seed?: number | string;
  /**
   * What counts as a sample's content for the cache, instead of `sample.serializationInfo()`.
   * @example serializationInfo: (sample, block) => ({ ...sample.serializationInfo(), files: [] })
   */
  readonly serializationInfo?: (sample: DataSample, block: string) => SerializationInfo | Json;
}

/**
 * A pipeline: blocks in the order in which every sample goes through them. It is the default export of `pipeline.ts`.
 * @example
 * export default new Pipeline({ seed: 1 })
 *   .append(new RandomScene())
 *   .append(new Simulate({ maxFrames: 500 }), { cpus: 2, memory: "4G", time: "30m", retries: 1 })
 *   .append(command("Render", ["blender", "-b", "./scene.blend", "--", "{sample.path}"], { gpus: 1 }));
 */
export class Pipeline {
  /** @internal */
  readonly seed: number | string;
  /** @internal */
  readonly serializationInfo: ((sample: DataSample, block: string) => SerializationInfo | Json) | null;
  readonly #appended: Appended[] = [];
  readonly #plots: { readonly plot: Plot; readonly stack: string | undefined }[] = [];
  #folder: string | null = null;

  /** @throws TypeError for options that are none. */
  constructor(options: PipelineOptions = {}) {
    const { seed = 0, serializationInfo, ...others } = options;
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) {
      throw new TypeError(
        `new Pipeline(…) has no option \`${unknown}\`; it has \`seed\` and \`serializationInfo\``,
      );
    }
    if (typeof seed !== "string" && !Number.isSafeInteger(seed)) {
      throw new TypeError(`the seed of a pipeline is a whole number or a text, not ${String(seed)}`);
    }
    if (serializationInfo !== undefined && typeof serializationInfo !== "function") {
      throw new TypeError("`serializationInfo` of a pipeline is a function (sample, block) => what counts");
    }
    this.seed = seed;
    this.serializationInfo = serializationInfo ?? null;
  }

  /**
   * Adds a block at the end. It is called by its class name and a counter (`Simulate_0`, `Simulate_1`), or as
   * `options.name` says.
   * @param block an instance of a class that extends `PipelineBlock` or `DatasetBlock`, or a `command(…)`; one instance
   *   is one block, so it is appended once.
   * @param options resources, retries, dependencies. What is wrong with them is said when the pipeline is loaded.
   * @example pipeline.append(new Simulate({ maxFrames: 500 }), { cpus: 2, memory: "4G", time: "30m" })
   */
  append(block: PipelineBlock | DatasetBlock | CommandBlock, options: BlockOptions = {}): this {
    this.#appended.push({ block, options, stack: new Error().stack });
    return this;
  }

  /**
   * Asks the report for a plot of the samples' own values.
   * @example pipeline.addPlot({ kind: "scatter", x: "RandomScene_0.stiffness", y: "Simulate_0.max_displacement" })
   */
  addPlot(plot: Plot): this {
    this.#plots.push({ plot, stack: new Error().stack });
    return this;
  }

  /**
   * From which folder the `./` of commands is meant; said by whoever loads the bundle.
   * @internal
   */
  resolveFrom(folder: string): void {
    this.#folder = folder;
  }

  /**
   * The blocks with their names and checked options, in order.
   * @throws Refusal with everything that is wrong with them.
   * @internal
   */
  parts(): readonly PipelinePart[] {
    const { parts, problems } = assemble(this.#appended, this.#folder);
    if (problems.length === 0) return parts;
    throw refuse(...problems.map(({ problem, stack }) => placed(problem, stack)));
  }

  /**
   * Where the block of this index was appended; null where that cannot be known.
   * @internal
   */
  placeOfPart(index: number): Place | null {
    return placeOfCall(this.#appended[index]?.stack);
  }

  /**
   * The plots that were asked for.
   * @throws Refusal with everything that is wrong with them.
   * @internal
   */
  plots(): readonly Plot[] {
    const blocks = this.parts().map((part) => part.spec.name);
    const problems = this.#plots.flatMap(({ plot, stack }) =>
      checkPlot(plot, blocks).map((problem) => placed(problem, stack)),
    );
    if (problems.length > 0) throw refuse(...problems);
    return this.#plots.map(({ plot }) => plot);
  }
}

/** With the line of the user's file in which append() or addPlot() was called. */
function placed(problem: Diagnostic, stack: string | undefined): Diagnostic {
  return { ...problem, place: placeOfCall(stack) };
}

function placeOfCall(stack: string | undefined): Place | null {
  const own = `${import.meta.dir}/`;
  const frame = framesOf(stack).find(({ file }) => !file.startsWith(own));
  return frame === undefined ? null : placeOf(frame);
}
