// work.json: all that a task of a prepared run has to know besides its sample, as the launcher knew it when it left. With it
// `pipe worker --task N` makes the same keys and the same verdicts as the launcher would, on any node, at any time.
import type { BlockKey } from "../../cache/key.ts";
import type { BlockPolicy } from "../../cache/verdict.ts";
import type { BlockSpec } from "../../core/block.ts";
import type { BlockName, SampleId } from "../../core/ids.ts";
import type { Resources } from "../../core/resources.ts";

//   1  first
export const workFormat = { format: "pipe-work", version: 1 } as const;

/** One of the blocks that the run is over. */
export interface WorkBlock {
  readonly policy: BlockPolicy;
  /** Samples stop here rather than running it. */
  readonly notRetried: boolean;
  /** What its tasks are given. */
  readonly needs: Resources;
}

export interface Work {
  /** `003` */
  readonly run: string;
  /** Of the program that prepared it. */
  readonly tool: string;
  /** The dataset's. */
  readonly seed: string | number;
  readonly samples: readonly SampleId[];
  /** All blocks of the pipeline, with what the configuration overrides. */
  readonly specs: readonly BlockSpec[];
  /** Of all blocks of the pipeline. */
  readonly keys: ReadonlyMap<BlockName, BlockKey>;
  /** The blocks of this run: the first ones of `specs`. */
  readonly blocks: readonly WorkBlock[];
  /** Whether the files of remembered results are looked at. */
  readonly looks: boolean;
  /** Whether the pipeline says itself what counts as a sample's content: then whoever judges has to load it. */
  readonly ownInfo: boolean;
}
