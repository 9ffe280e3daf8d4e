// Pipelines for pilots: blocks that take their time and say on the trace where they run, and everything a pipeline can have.

/** pipe.toml with an executor of small pilots; `keys` are more of its lines, `blocks` tables behind it. */
export const pilotToml = (keys = "", blocks = ""): string => `[run]
data_path = "data"
[executor.slurm]
kind = "slurm"
memory_per_node = "500M"
${/\bcores_per_node\b/.test(keys) ? "" : "cores_per_node = 2\n"}${keys}
${blocks}`;

/** What stands on the trace of a nap, one line each. */
export const columns = { block: 0, sample: 1, job: 2, node: 3, partition: 4, gpus: 5 } as const;

/** The values in a column. */
export const valuesIn = (began: readonly string[], column: keyof typeof columns): ReadonlySet<string> =>
  new Set(began.map((line) => line.split(" ")[columns[column]] ?? ""));

/** A block of so many seconds. `seconds` is code: `sample` can stand in it. */
export const naps = (seconds: number | string, block = "Nap", options = "{}"): string => `
class ${block} extends PipelineBlock {
  async run(sample: DataSample) {
    const { SLURM_JOB_ID, SLURMD_NODENAME, SLURM_JOB_PARTITION, CUDA_VISIBLE_DEVICES, TRACE } = process.env;
    const words = ["${block}", sample.id, SLURM_JOB_ID, SLURMD_NODENAME, SLURM_JOB_PARTITION, CUDA_VISIBLE_DEVICES ?? "none"];
    appendFileSync(TRACE!, words.join(" ") + "\\n");
    await Bun.sleep((${seconds}) * 1000);
    sample.write("${block}.txt", "nap of " + sample.id + ": " + sample.random.normal());
  }
}
pipeline.append(new ${block}(), ${options});
`;

export const napping = (...blocks: readonly string[]): string => `import { appendFileSync } from "node:fs";
import { Pipeline, PipelineBlock, type DataSample } from "pipe";
const pipeline = new Pipeline({ seed: 1 });
${blocks.join("")}
export default pipeline;
`;

/** How often each task has begun. */
export function timesBegun({ began }: { readonly began: readonly string[] }): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const line of began) {
    const task = line.split(" ").slice(0, 2).join(" ");
    times.set(task, (times.get(task) ?? 0) + 1);
  }
  return times;
}

/** Everything that a pipeline can have in it. */
export const everything: Readonly<Record<string, string>> = {
  "pipe.toml": pilotToml(),
  "pipeline.ts": `import { DatasetBlock, Pipeline, PipelineBlock, SampleIssue, command, type DataSample, type Dataset } from "pipe";

class Scene extends PipelineBlock {
  run(sample: DataSample) {
    sample.setConfig("stiffness", sample.random.uniform(3e3, 3e4));
    sample.write("scene.json", { shuffled: sample.random.shuffle([1, 2, 3, 4]) });
    console.log("scene of", sample.id);
  }
}
class Left extends PipelineBlock {
  run(sample: DataSample) { sample.write("left.txt", "left " + sample.random.normal()); }
}
class Right extends PipelineBlock {
  run(sample: DataSample) { sample.write("right.txt", "right " + sample.random.normal()); }
}
class Flaky extends PipelineBlock {
  run(sample: DataSample) {
    if (sample.id === 3) throw new SampleIssue("did not converge");
    if (sample.id === 4) throw new Error("no such mesh");
    sample.addStatistic("length", sample.read("left.txt", "text").length);
  }
}
class Summary extends DatasetBlock {
  async run(dataset: Dataset) {
    const ids: number[] = [];
    for (const sample of dataset.samples) ids.push(sample.id);
    await dataset.write("summary.json", { ids });
  }
}

export default new Pipeline({ seed: 5 })
  .append(new Scene())
  .append(command("Mesh", ["sh", "./mesh.sh", "{sample.config.Scene_0.stiffness}"]))
  .append(new Left(), { after: ["Scene_0"], outputs: ["left.txt"] })
  .append(new Right(), { after: ["Scene_0"], outputs: ["right.txt"] })
  .append(command("Ask", ["python3", "./ask.py"], { persistent: true, after: ["Left_0", "Right_0", "Mesh_0"] }))
  .append(new Flaky(), { retries: 1 })
  .append(new Summary());
`,
  "mesh.sh": `echo "mesh of $PIPE_SAMPLE_ID with $1" > mesh.txt
echo '{"statistics": {"faces": 12}}' > "$PIPE_RESULT"
`,
  "ask.py": `import json, sys
for line in sys.stdin:
    sample = json.loads(line)
    open(sample["path"] + "/asked.txt", "w").write("asked %d\\n" % sample["id"])
    print(json.dumps({"statistics": {"asked": sample["id"] * 2}}), flush=True)
`,
};
