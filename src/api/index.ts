// What `import "pipe"` gives. Whatever is exported here is a promise to every pipeline that was ever written.

export type { Json } from "../core/json.ts";
export { BadValue } from "./bad-value.ts";
export { DatasetBlock, PipelineBlock, SampleIssue } from "./block.ts";
export type { BlockOptions } from "./block-options.ts";
export { type CommandBlock, command } from "./command.ts";
export type { DataSample, SerializationInfo, ValuesByBlock } from "./data-sample.ts";
export type { Dataset, DatasetSample } from "./dataset-view.ts";
export { Pipeline, type PipelineOptions } from "./pipeline.ts";
export type { Column, Plot } from "./plots.ts";
export type { Random } from "./random.ts";
export type { SeriesPlace } from "./series-name.ts";
