// The small pipeline that the tests of the cache change in every way there is: three blocks, each of which says on a trace
// outside of the dataset that it runs. Nothing in it depends on what else lies in a sample's folder, so that a file that is
// rightly kept does not change what a block computes.

export type Files = Readonly<Record<string, string>>;

/** `TRACE` names the file. */
const trace = `import { appendFileSync } from "node:fs";
import type { DataSample } from "pipe";

export function trace(block: string, sample: DataSample): void {
  appendFileSync(process.env.TRACE ?? "", block + " " + sample.id + "\\n");
}
`;

const physics = `import { softened } from "./material.ts";

/** In metres. */
export function displacement(stiffness: number): number {
  return 12 / softened(stiffness);
}

export function velocity(stiffness: number): number {
  return 3 * stiffness;
}
`;

const material = `export const softening = 0.5;

export function softened(stiffness: number): number {
  return stiffness * softening;
}
`;

const pipeline = `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
import { displacement } from "./physics.ts";
import { trace } from "./trace.ts";

const gravity = 9.81;

class Scene extends PipelineBlock {
  constructor(readonly options: { range: { softest: number; hardest: number }; frames: number }) {
    super();
  }

  run(sample: DataSample) {
    trace("Scene", sample);
    const { softest, hardest } = this.options.range;
    sample.setConfig("stiffness", sample.random.uniform(softest, hardest));
    sample.setConfig("frames", this.options.frames);
    sample.write("scene.json", { gravity });
  }
}

class Simulate extends PipelineBlock {
  constructor(readonly options: { maxFrames: number; label: string }) {
    super();
  }

  run(sample: DataSample) {
    trace("Simulate", sample);
    const { stiffness, frames } = sample.config.Scene_0;
    const count = Math.min(this.options.maxFrames, Number(frames));
    for (let frame = 0; frame < count; frame++) {
      sample.write("frames/surface_f" + frame + ".txt", "vertex " + frame + " " + sample.random.normal());
    }
    sample.addStatistic("frames", count);
    sample.addStatistic("displacement", displacement(Number(stiffness)));
  }

  validateSample(sample: DataSample) {
    return Number(sample.statistics.Simulate_0.displacement) < 100 ? true : "displacement too large";
  }
}

class Measure extends PipelineBlock {
  run(sample: DataSample) {
    trace("Measure", sample);
    const count = Number(sample.statistics.Simulate_0.frames);
    const frames = Array.from({ length: count }, (_, frame) => sample.read("frames/surface_f" + frame + ".txt", "text"));
    sample.addStatistic("length", frames.join("").length);
    sample.write("measure.txt", frames.join("\\n"));
  }
}

export default new Pipeline({ seed: 7 })
  .append(new Scene({ range: { softest: 3, hardest: 9 }, frames: 3 }))
  .append(new Simulate({ maxFrames: 3, label: "liver" }))
  .append(new Measure());
`;

export const project: Files = {
  "pipeline.ts": pipeline,
  "physics.ts": physics,
  "material.ts": material,
  "trace.ts": trace,
};

/** The text with one place of it replaced. Throws where that place is not there, or not the only one. */
export function replaced(text: string, from: string, to: string): string {
  const [before, behind, ...others] = text.split(from);
  if (before === undefined || behind === undefined || others.length > 0) {
    throw new Error(`${JSON.stringify(from)} must occur once in\n${text}`);
  }
  return before + to + behind;
}

/** The project with its pipeline changed at some places: from → to. */
export function projectWith(edits: Files): Files {
  let text = pipeline;
  for (const [from, to] of Object.entries(edits)) text = replaced(text, from, to);
  return { ...project, "pipeline.ts": text };
}

/** A further block that leaves a file. */
export const smoothSource = `class Smooth extends PipelineBlock {
  run(sample: DataSample) {
    trace("Smooth", sample);
    sample.write("smooth.txt", "smooth");
  }
}
`;

/** One that leaves nothing. */
export const lookSource = `class Look extends PipelineBlock {
  run(sample: DataSample) {
    trace("Look", sample);
  }
}
`;

const beforeTheList = "export default new Pipeline";
/** Where a class can be put. */
export const withClass = (source: string): Files => ({ [beforeTheList]: `${source}\n${beforeTheList}` });

/** A program between two blocks of code; \`table.txt\` is watched, \`notes.txt\` is not. */
export const commandProject: Files = {
  ...projectWith({
    "import { Pipeline, PipelineBlock,": "import { Pipeline, PipelineBlock, command,",
    '.append(new Simulate({ maxFrames: 3, label: "liver" }))':
      '.append(new Simulate({ maxFrames: 3, label: "liver" }))\n  .append(command("Mesh", ["sh", "./mesh.sh", "2"], { watch: ["./table.txt"], environment: { UNIT: "mm" } }))',
  }),
  "mesh.sh": `# makes a mesh
echo "Mesh $PIPE_SAMPLE_ID" >> "$TRACE"
echo "size $1 $UNIT" > mesh.txt
cat "$(dirname "$0")/table.txt" >> mesh.txt
`,
  "table.txt": "one\n",
  "notes.txt": "nothing depends on it\n",
};

/** Programs alone, without any TypeScript. */
export const tomlProject: Files = {
  "pipe.toml": `[pipeline]
num_samples = 3

[[block]]
name = "Mesh"
command = ["sh", "./mesh.sh", "2"]
watch = ["./table.txt"]

[[block]]
name = "Weigh"
command = ["sh", "./weigh.sh"]
`,
  "mesh.sh": `echo "Mesh $PIPE_SAMPLE_ID" >> "$TRACE"
echo "size $1" > mesh.txt
cat "$(dirname "$0")/table.txt" >> mesh.txt
`,
  "weigh.sh": `echo "Weigh $PIPE_SAMPLE_ID" >> "$TRACE"
echo "{\\"statistics\\": {\\"weight\\": $(wc -c < mesh.txt)}}" > "$PIPE_RESULT"
`,
  "table.txt": "one\n",
};
