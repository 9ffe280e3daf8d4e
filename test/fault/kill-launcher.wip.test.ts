// `kill -9` of the launcher at random moments, and a new start at once, until the dataset is done: it must be the dataset of a run
// that nobody disturbed, byte for byte, and no task whose result was recorded may have run a second time.
import { expect, test } from "bun:test";
import { recordedIn } from "../support/cache-journal.ts";
import { CacheRig, type Ran, ranIn } from "../support/cache-rig.ts";
import { type Seeded, seeded } from "../support/seeded.ts";

const samples = 10;

/** Writes in pieces, so that a kill finds half a file; a program in the middle, so that it finds a child. */
const files = {
  "pipeline.ts": `import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { Pipeline, PipelineBlock, SampleIssue, command, type DataSample } from "pipe";
import { trace } from "./trace.ts";

class Scene extends PipelineBlock {
  run(sample: DataSample) {
    trace("Scene", sample);
    sample.setConfig("frames", sample.random.integer(1, 4));
    writeFileSync(sample.path + "/scene.txt", "");
    for (let line = 0; line < 50; line++) appendFileSync(sample.path + "/scene.txt", sample.random.normal() + "\\n");
  }
}

class Measure extends PipelineBlock {
  async run(sample: DataSample) {
    trace("Measure", sample);
    mkdirSync(sample.path + "/deep/down", { recursive: true });
    for (let part = 0; part < 3; part++) {
      writeFileSync(sample.path + "/deep/down/part" + part + ".txt", "part " + part);
      await Bun.sleep(2);
    }
    sample.addStatistic("length", sample.files("mesh_f*.txt").map((name) => sample.read(name, "text").length));
    if (sample.id === 4) throw new SampleIssue("too long");
  }
}

export default new Pipeline({ seed: 3 })
  .append(new Scene())
  .append(command("Mesh", ["sh", "./mesh.sh", "{sample.config.Scene_0.frames}"]))
  .append(new Measure());
`,
  "trace.ts": `import { appendFileSync } from "node:fs";
import type { DataSample } from "pipe";
export function trace(block: string, sample: DataSample): void {
  appendFileSync(process.env.TRACE ?? "", block + " " + sample.id + "\\n");
}
`,
  "mesh.sh": `echo "Mesh $PIPE_SAMPLE_ID" >> "$TRACE"
frame=0
while [ $frame -lt $1 ]; do
  echo "vertex" > mesh_f$frame.txt
  echo "face $PIPE_SAMPLE_ID" >> mesh_f$frame.txt
  frame=$((frame + 1))
done
echo '{"statistics": {"done": true}}' > "$PIPE_RESULT"
`,
};

const executors = {
  "in order": ["--run_sequential"],
  "in two processes": ["--run_local", "--max_processes", "2"],
};

for (const [name, executor] of Object.entries(executors)) {
  test(
    `a launcher that runs ${name} is killed a hundred times`,
    () => killed(executor, 100, seeded(17)),
    600_000,
  );
}

async function killed(executor: readonly string[], times: number, random: Seeded): Promise<void> {
  await using rig = new CacheRig(files);
  const options = { executor, samples: ["--num_samples", String(samples)] };
  const before = performance.now();
  const undisturbed = await rig.fromScratch(options);
  const span = performance.now() - before;
  expect(Object.keys(undisturbed).length).toBeGreaterThan(samples * 5);
  let kills = 0;
  for (let round = 0; kills < times; round++) {
    rig.dataset = `data-${round}`;
    kills += await untilDone(rig, { ...options, random, span });
    expect(rig.contents()).toEqual(undisturbed);
    const last = await rig.start(options);
    expect(last.ran).toEqual({});
    expect(last.status).toBe(0);
  }
}

interface Killing {
  readonly executor: readonly string[];
  readonly samples: readonly string[];
  readonly random: Seeded;
  /** Milliseconds of an undisturbed start. */
  readonly span: number;
}

/** How often it was killed before it came to its end. */
async function untilDone(rig: CacheRig, { executor, samples, random, span }: Killing): Promise<number> {
  const words = ["run", ...executor, ...samples, "--data_path", rig.at(), "--json"];
  const starts: { readonly recorded: ReadonlySet<string>; readonly trace: string }[] = [];
  for (;;) {
    const trace = rig.newTrace();
    starts.push({ recorded: recordedIn(rig.at("runinfo")), trace });
    const started = rig.play.start(words, { env: { TRACE: trace } });
    const timer = setTimeout(() => started.signal("SIGKILL"), random.next() * span);
    const ending = await started.ended;
    clearTimeout(timer);
    if (ending.signal === "SIGKILL") continue;
    expect(ending.status, ending.stderr).toBe(0);
    break;
  }
  for (const { recorded, trace } of starts) {
    expect(tasksOf(ranIn(trace)).filter((task) => recorded.has(task))).toEqual([]);
  }
  return starts.length - 1;
}

const tasksOf = (ran: Ran): readonly string[] =>
  Object.entries(ran).flatMap(([block, on]) => on.map((sample) => `${block}_0 ${sample}`));
