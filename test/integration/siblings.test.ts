// Blocks of one sample that run at the same time: each is known by its own files, whatever was seen meanwhile.
import { expect, test } from "bun:test";
import { Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";

const side = (name: string) => `class ${name} extends PipelineBlock { async run(sample: DataSample) {
  await Bun.sleep(sample.random.uniform(0, 6));
  sample.write("${name}.txt", "${name} " + sample.id);
  await Bun.sleep(sample.random.uniform(0, 6));
} }`;
const pipeline = `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
class Base extends PipelineBlock { run(sample: DataSample) { sample.write("base.txt", "b"); } }
${side("Left")}
${side("Right")}
class Join extends PipelineBlock { run(sample: DataSample) { sample.addStatistic("both", sample.read("Left.txt") + sample.read("Right.txt")); } }
export default new Pipeline().append(new Base())
  .append(new Left(), { after: ["Base_0"], outputs: ["Left.txt"] })
  .append(new Right(), { after: ["Base_0"], outputs: ["Right.txt"] })
  .append(new Join(), { after: ["Left_0", "Right_0"] });
`;

test("an edit of one sibling runs it and what follows, and never the other one", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": pipeline });
  const run = async (...args: string[]) =>
    asReport((await play.pipe(["run", "--run_local", "--max_processes", "4", "--json", ...args])).stdout)
      .tasks;
  expect((await run("--num_samples", "100")).ran).toBe(400);
  play.write({ "pipeline.ts": pipeline.replace('"Left " +', '"left " +') });
  const again = await run();
  expect([again.ran, again.cached, again.failed]).toEqual([200, 200, 0]);
  expect((await run()).ran).toBe(0);
});
