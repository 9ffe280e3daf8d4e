// What a user reads, whole: status, standard output and standard error of typical runs as one text each. A changed word
// is a changed test, so that nobody changes what people read without reading it.
import { expect, test } from "bun:test";
import { Playground } from "../support/playground.ts";
import { transcript } from "../support/transcript.ts";

const pipeline = `import { Pipeline, PipelineBlock, SampleIssue, command, type DataSample } from "pipe";

class Scene extends PipelineBlock {
  async run(sample: DataSample) {
    sample.setConfig("size", sample.id);
  }
}

class Simulate extends PipelineBlock {
  async run(sample: DataSample) {
    if (sample.id === 1) throw new SampleIssue("did not converge");
    if (sample.id === 2) {
      console.log("assembling 12 unknowns");
      throw new RangeError("negative volume");
    }
  }
}

export default new Pipeline()
  .append(new Scene())
  .append(new Simulate())
  .append(command("Mesh", ["./mesh.sh", "{sample.id}"]));
`;
const mesh = `#!/bin/sh
echo "meshing $1"
test "$1" != 3 || { echo "mesh has 3 holes" >&2; exit 42; }
`;

test("a run with an issue, a failed block and a failed command", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": pipeline, "mesh.sh": mesh });
  const ending = await play.pipe(["run", "--run_local", "--max_processes", "1", "--num_samples", "5"]);
  expect(transcript(play, ending)).toMatchInlineSnapshot(`
    "status 1
    --- stdout
    run 000 ended after [TIME]: 5 samples, 2 valid, 1 with an issue, 2 failed

      block       tasks  ran  issues  failed  skipped mean longest
      Scene_0         5    5       0       0        0 [TIME] [TIME]
      Simulate_0      5    5       1       1        0 [TIME] [TIME]
      Mesh_0          5    3       0       1        2 [TIME] [TIME]

    issues:
      Simulate_0: did not converge (1 sample: 000001)

    failures:
      Simulate_0: RangeError: negative volume (1 task: 000002)
        log: data/runinfo/000/task_logs/Simulate_0/000002.1.log
      Mesh_0: \`[DIR]/mesh.sh\` ended with exit status 42 (1 task: 000003)
        log: data/runinfo/000/task_logs/Mesh_0/000003.1.log

    dataset: data
    tables:  data/statistics.csv, data/configs.csv
    logs:    data/runinfo/000

    what it printed: pipe logs Simulate_0 2
    repeat it here:  pipe exec Simulate_0 2
    --- stderr
    run 000 on local: 5 samples, 3 blocks each, 15 tasks; dataset [DIR]/data
    error: Simulate_0 failed on sample 000002: RangeError: negative volume
      at run ([DIR]/pipeline.ts:14:17)
      last lines of its output:
        assembling 12 unknowns
      log: data/runinfo/000/task_logs/Simulate_0/000002.1.log
      repeat it here: pipe exec Simulate_0 2
    error: Mesh_0 failed on sample 000003: \`[DIR]/mesh.sh\` ended with exit status 42
      last lines of its output:
        meshing 3
        mesh has 3 holes
      log: data/runinfo/000/task_logs/Mesh_0/000003.1.log
      repeat it here: pipe exec Mesh_0 3"
  `);
});

test("a run in which all is well, quietly", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": pipeline, "mesh.sh": mesh });
  const ending = await play.pipe(["run", "--run_local", "--num_samples", "1", "--quiet"]);
  expect(transcript(play, ending)).toMatchInlineSnapshot(`
    "status 0
    --- stdout
    run 000 ended after [TIME]: 1 sample, 1 valid; 3 tasks: 3 ran"
  `);
});

test("a run that nothing can be run with", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": pipeline.replace("{sample.id}", "{sample.number}"), "mesh.sh": mesh });
  const ending = await play.pipe(["run", "--run_local", "--num_samples", "1"]);
  expect(transcript(play, ending)).toMatchInlineSnapshot(`
    "status 2
    --- stderr
    error: [DIR]/pipeline.ts:22:4  Mesh_0: in "{sample.number}": unknown placeholder \`{sample.number}\`
        22 |   .append(command("Mesh", ["./mesh.sh", "{sample.number}"]));
           |    ^
      hint: known: {sample.id}, {sample.path}, {sample.config.Block_0.key}, {sample.statistics.Block_0.key}, {dataset.path}; braces that are meant as such are doubled: \`{{\` and \`}}\`"
  `);
});
