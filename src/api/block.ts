// What a user's blocks are made from. The classes have no members of their own besides the two that users write, so that
// a block may call its options, its name or anything else what it likes.
import type { DataSample } from "./data-sample.ts";
import type { Dataset } from "./dataset-view.ts";

/**
 * One processing step over one sample. Its unique name is its class name and a counter: `Simulate_0`, `Simulate_1`.
 *
 * Whatever `run` throws is a failure of the task (tried again as often as `retries` says); a `SampleIssue` is the
 * block's verdict that this sample cannot go on.
 * @example
 * export class Simulate extends PipelineBlock {
 *   constructor(readonly options: { maxFrames: number }) { super(); }
 *   async run(sample: DataSample) {
 *     const stiffness = Number(sample.config.RandomScene_0.stiffness); // Pa
 *     sample.addStatistic("max_displacement", await simulate(stiffness, this.options.maxFrames)); // m
 *   }
 * }
 */
export abstract class PipelineBlock {
  /** Does the step. It may be async. Files are written into `sample.path` by any means, declared nowhere. */
  abstract run(sample: DataSample): void | Promise<void>;

  /**
   * Looks at the sample after `run`: `true` says that it is valid, a text that it is not and why (it ends with an
   * issue), `false` the same without a reason.
   * @example validateSample(sample: DataSample) { return sample.files("*.stl").length > 0 ? true : "no mesh"; }
   */
  validateSample?(sample: DataSample): boolean | string | Promise<boolean | string>;
}

/**
 * A step over the whole dataset; runs once, after every sample has ended.
 * @example
 * class Totals extends DatasetBlock {
 *   run(dataset: Dataset) { dataset.write("totals.json", { samples: dataset.samples.length }); }
 * }
 */
export abstract class DatasetBlock {
  /** Does the step. It may be async. */
  abstract run(dataset: Dataset): void | Promise<void>;
}

/**
 * Thrown by a block: this sample cannot go on, and nothing is wrong with the program. The sample stops, the others go on.
 * @example if (velocity > limit) throw new SampleIssue("did not converge");
 */
export class SampleIssue extends Error {
  /** @param message why, in a few words; it is counted and shown in the report. */
  constructor(message: string) {
    super(message);
    this.name = "SampleIssue";
  }
}
