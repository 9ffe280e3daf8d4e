// What can change around the pipeline: resources, executors, what is remembered, issues and failures.
import { readdirSync, rmSync } from "node:fs";
import { type Files, project, projectWith, replaced, smoothSource } from "./cache-project.ts";
import type { CacheRig } from "./cache-rig.ts";
import { all, everything, nothing, type Row } from "./cache-row.ts";

const edit = (from: string, to: string) => (rig: CacheRig) => rig.edit("pipeline.ts", from, to);
const simulateAndOn = { Simulate: all, Measure: all };

const around: readonly Row[] = [
  {
    change: "resources and retries of a block in `pipe.toml` (`cpus`, `memory`, `time`, `retries`)",
    again: "nothing",
    act: (rig) => {
      rig.play.write({
        "pipe.toml": '[blocks.Simulate_0]\ncpus = 2\nmemory = "8G"\ntime = "30m"\nretries = 3\n',
      });
    },
    runs: nothing,
  },
  {
    change: "resources of a block in the pipeline",
    again: "nothing",
    act: edit('label: "liver" }))', 'label: "liver" }), { cpus: 1, memory: "4G", time: "1h", retries: 2 })'),
    runs: nothing,
  },
  {
    change: "the executor: in order → two processes of this machine",
    again: "nothing",
    act: () => {},
    second: { executor: ["--run_local", "--max_processes", "2"] },
    runs: nothing,
  },
  {
    change: "the executor: two processes of this machine → in order",
    again: "nothing",
    act: () => {},
    first: { executor: ["--run_local", "--max_processes", "2"] },
    second: {},
    runs: nothing,
  },
  {
    change: "the number of processes",
    again: "nothing",
    act: () => {},
    first: { executor: ["--run_local", "--max_processes", "2"] },
    second: { executor: ["--run_local", "--max_processes", "3"] },
    runs: nothing,
  },
  {
    change: "an environment variable of the launcher",
    again: "nothing",
    act: () => {},
    second: { env: { SOMETHING: "else" } },
    runs: nothing,
  },
  {
    change: "more samples",
    again: "the new samples",
    act: () => {},
    second: { samples: ["--num_samples", "5"] },
    runs: { Scene: [3, 4], Simulate: [3, 4], Measure: [3, 4] },
    tasks: 15,
  },
  {
    change: "`--until` of the run before",
    again: "what was left out",
    act: () => {},
    first: { args: ["--until", "Scene_0"] },
    firstRuns: { Scene: all },
    second: {},
    runs: simulateAndOn,
  },
];

const remembered: readonly Row[] = [
  {
    change: "the checkpoint is deleted",
    again: "everything",
    act: (rig) => {
      const names = readdirSync(rig.at("runinfo")).filter((name) => name.startsWith("checkpoint"));
      if (names.length === 0) throw new Error("there is no checkpoint");
      for (const name of names) rmSync(rig.at("runinfo", name));
    },
    runs: everything,
  },
  {
    change: "`runinfo/` is deleted",
    again: "everything",
    act: (rig) => rmSync(rig.at("runinfo"), { recursive: true }),
    runs: everything,
  },
  {
    change: "a sample ended with an issue",
    again: "nothing: the issue stands",
    files: projectWith({ "< 100 ?": "< 100 && sample.id !== 1 ?" }),
    firstRuns: { Scene: all, Simulate: all, Measure: [0, 2] },
    act: () => {},
    runs: nothing,
    issues: 1,
    skipped: 1,
  },
  {
    change: "a sample ended with an issue, and `--retry_issues`",
    again: "the task with the issue",
    files: projectWith({ "< 100 ?": "< 100 && sample.id !== 1 ?" }),
    firstRuns: { Scene: all, Simulate: all, Measure: [0, 2] },
    act: () => {},
    first: {},
    second: { args: ["--retry_issues"] },
    runs: { Simulate: [1] },
    thirdRuns: { Simulate: [1] },
    issues: 1,
    skipped: 1,
  },
  {
    change: "the code that gave an issue is mended",
    again: "that block, and what could not be reached",
    files: projectWith({ "< 100 ?": "< 100 && sample.id !== 1 ?" }),
    firstRuns: { Scene: all, Simulate: all, Measure: [0, 2] },
    act: edit(" && sample.id !== 1", ""),
    runs: { Simulate: all, Measure: [1] },
  },
  {
    change: "a task failed",
    again: "that task: a failure is never remembered",
    files: projectWith({
      'sample.addStatistic("frames", count);':
        'sample.addStatistic("frames", count);\n    if (sample.id === 1) throw new Error("no licence");',
    }),
    firstRuns: { Scene: all, Simulate: all, Measure: [0, 2] },
    act: () => {},
    runs: { Simulate: [1] },
    thirdRuns: { Simulate: [1] },
    status: 1,
    failed: 1,
    skipped: 1,
  },
  {
    change: "a task failed, and what it needs is there now",
    again: "that task and what follows; nothing of the failed attempt is left",
    files: projectWith({
      'sample.addStatistic("frames", count);':
        'sample.addStatistic("frames", count);\n    if (sample.id === 1 && process.env.LICENCE === undefined) {\n      sample.write("half.txt", "half");\n      throw new Error("no licence");\n    }',
    }),
    firstRuns: { Scene: all, Simulate: all, Measure: [0, 2] },
    act: () => {},
    first: {},
    second: { env: { LICENCE: "yes" } },
    runs: { Simulate: [1], Measure: [1] },
  },
  {
    change: "a task failed on its first attempt and succeeded on its second",
    again: "nothing; nothing of the failed attempt is left",
    files: failingAtFirst('throw new Error("at first");'),
    first: { env: { FAIL: "yes" } },
    firstRuns: { Scene: all, Simulate: [0, 1, 1, 2], Measure: all },
    act: () => {},
    second: {},
    runs: nothing,
  },
  {
    change: "a task took its worker with it on its first attempt and succeeded on its second",
    again: "nothing; nothing of the failed attempt is left",
    files: failingAtFirst('process.kill(process.pid, "SIGKILL");'),
    first: { env: { FAIL: "yes" }, executor: ["--run_local", "--max_processes", "1"] },
    firstRuns: { Scene: all, Simulate: [0, 1, 1, 2], Measure: all },
    act: () => {},
    second: { executor: ["--run_local", "--max_processes", "1"] },
    runs: nothing,
  },
];

/** Where FAIL is set, Simulate leaves a file and fails on sample 1, once. */
function failingAtFirst(how: string): Files {
  const mark = '(process.env.TRACE ?? "") + ".failed"';
  return projectWith({
    'label: "liver" }))': 'label: "liver" }), { retries: 1 })',
    "import { displacement }":
      'import { existsSync, writeFileSync } from "node:fs";\nimport { displacement }',
    'sample.addStatistic("frames", count);': `sample.addStatistic("frames", count);
    if (sample.id === 1 && process.env.FAIL === "yes" && !existsSync(${mark})) {
      writeFileSync(${mark}, "");
      sample.write("half.txt", "half");
      ${how}
    }`,
  });
}

/** `label` becomes a statistic, and counts for nothing where the override leaves it out. */
const ignoring = (override: string) =>
  projectWith({
    'sample.addStatistic("frames", count);':
      'sample.addStatistic("frames", count);\n    sample.addStatistic("label", this.options.label);',
    "new Pipeline({ seed: 7 })": `new Pipeline({ seed: 7, serializationInfo: ${override} })`,
  });

const withoutLabel = `(sample, block) => {
  const { id, config, files } = sample.serializationInfo();
  const { label, ...simulated } = sample.statistics.Simulate_0 ?? {};
  return { id, config, files, statistics: { ...sample.statistics, Simulate_0: simulated }BEYOND };
}`;

const overrides: readonly Row[] = [
  {
    change: "a value that the pipeline's `serializationInfo` leaves out",
    again: "the block that sets it, nothing after it",
    files: ignoring(withoutLabel.replace("BEYOND", "")),
    act: edit('"liver"', '"kidney"'),
    runs: { Simulate: all },
  },
  {
    change: "a value that the pipeline's `serializationInfo` leaves out for another block only",
    again: "the block that sets it, and what follows",
    files: ignoring(withoutLabel.replace("BEYOND", ', ...(block === "Scene_0" ? {} : { label })')),
    act: edit('"liver"', '"kidney"'),
    runs: simulateAndOn,
  },
  {
    change: "a value that `serializationInfo` leaves out for the next block, not for the one after it",
    again: "the block that sets it and the one that sees it, not the one between them",
    files: {
      ...project,
      "pipeline.ts": withSmoothAtTheEnd(
        ignoring(withoutLabel.replace("BEYOND", ', ...(block === "Measure_0" ? {} : { label })'))[
          "pipeline.ts"
        ],
      ),
    },
    firstRuns: { ...everything, Smooth: all },
    act: edit('"liver"', '"kidney"'),
    runs: { Simulate: all, Smooth: all },
    tasks: 12,
  },
];

function withSmoothAtTheEnd(text = ""): string {
  const listed = replaced(text, ".append(new Measure())", ".append(new Measure())\n  .append(new Smooth())");
  return replaced(listed, "export default", `${smoothSource}\nexport default`);
}

export const settingRows: readonly Row[] = [...around, ...remembered, ...overrides];
