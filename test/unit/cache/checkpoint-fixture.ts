// Records as a run makes them, and a dataset with a runinfo/ to keep them in.
import { mkdirSync } from "node:fs";
import { type CheckpointOptions, openCheckpoint } from "../../../src/cache/checkpoint.ts";
import { digestOf } from "../../../src/cache/digest.ts";
import type { TaskRecord } from "../../../src/cache/record.ts";
import { blockName, moment, type SampleId, sampleId } from "../../../src/core/ids.ts";
import { runinfoFolder } from "../../../src/rundir/layout.ts";
import { type Scratch, scratch } from "../system/scratch.ts";

export const order = ["Mesh_0", "Simulate_0", "Render_0"].map(blockName);

export function dataset(): Scratch {
  const folder = scratch();
  mkdirSync(runinfoFolder(folder.path), { recursive: true });
  return folder;
}

export const open = (dataPath: string, more: Partial<CheckpointOptions> = {}) =>
  openCheckpoint({ dataPath, tool: "0.1.0", run: "000", order, ...more });

export const id = (sample: number | null): SampleId | null => (sample === null ? null : sampleId(sample));

/** The `version`th record of a block on a sample. */
export function record(block: string, sample: number | null, version = 1): TaskRecord {
  const about = `${block}/${sample}/${version}`;
  return {
    block: blockName(block),
    sample: id(sample),
    key: {
      version: 1,
      options: digestOf(`options ${block} ${version}`),
      code: digestOf(`code ${block}`),
      before: digestOf(`before ${about}`),
    },
    outcome:
      version % 5 === 4
        ? { kind: "issue", message: `did not "converge": ${about}\nü` }
        : { kind: "succeeded" },
    changes: { config: { seed: version }, statistics: { about } },
    files: [
      {
        path: `${block}/f_${version}.stl`,
        size: 5120,
        modified: 1.7950000000001235e12,
        sha256: "ab".repeat(32),
      },
    ],
    removed: [],
    found: [],
    after: digestOf(`after ${about}`),
    run: "000",
    at: moment(1_795_000_000_000),
    accepted: null,
  };
}

export const mesh = (sample: number | null, version?: number) => record("Mesh_0", sample, version);
export const simulate = (sample: number | null, version?: number) => record("Simulate_0", sample, version);
export const render = (sample: number | null, version?: number) => record("Render_0", sample, version);
