// What a block asks for decides how many of its tasks run beside each other.
import { expect, test } from "bun:test";
import { Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";

/** Every task says when it begins and when it ends. */
const traced = (options: string) => `import { appendFileSync } from "node:fs";
import { Pipeline, PipelineBlock, type DataSample } from "pipe";
class Traced extends PipelineBlock { async run(sample: DataSample) {
  const say = (what: string) => appendFileSync(sample.path + "/../../trace", what);
  say("+"); await Bun.sleep(60); say("-");
} }
export default new Pipeline().append(new Traced(), ${options});
`;

/** The most that were begun and not ended. */
function sideBySide(trace: string): number {
  let running = 0;
  let most = 0;
  for (const what of trace) {
    running += what === "+" ? 1 : -1;
    most = Math.max(most, running);
  }
  return most;
}

const alone = "its tasks run one at a time";

for (const [options, env, most, says] of [
  ["{ cpus: 2 }", {}, 2, null],
  ["{ cpus: 99 }", {}, 1, `Traced_0 asks for 99 cpus, and here are 4: ${alone}`],
  ["{ gpus: 1 }", { CUDA_VISIBLE_DEVICES: "0,1" }, 2, null],
  ["{ gpus: 3 }", { CUDA_VISIBLE_DEVICES: "0,1" }, 1, `Traced_0 asks for 3 gpus, and here are 2: ${alone}`],
  [
    "{ gpus: 1 }",
    { CUDA_VISIBLE_DEVICES: "" },
    1,
    `Traced_0 asks for 1 gpu, and here none is seen: ${alone}`,
  ],
] as const) {
  const given =
    "CUDA_VISIBLE_DEVICES" in env ? ` with CUDA_VISIBLE_DEVICES="${env.CUDA_VISIBLE_DEVICES}"` : "";
  test(`${options} in four processes${given}: ${most} at a time`, async () => {
    await using play = new Playground();
    play.write({ "pipeline.ts": traced(options) });
    const words = ["run", "--run_local", "--max_processes", "4", "--num_samples", "6", "--json"];
    const ending = await play.pipe(words, { env });
    expect(asReport(ending.stdout).samples.valid).toBe(6);
    expect(sideBySide(play.read("trace"))).toBe(most);
    if (says === null) expect(ending.stderr).not.toContain("warning");
    else expect(ending.stderr).toContain(says);
  });
}

test("each task sees a GPU of its own, code and programs alike", async () => {
  await using play = new Playground();
  play.write({
    "pipeline.ts": `import { Pipeline, PipelineBlock, command, type DataSample } from "pipe";
class Own extends PipelineBlock { async run(sample: DataSample) {
  await Bun.sleep(100);
  sample.write("own.txt", String(process.env.CUDA_VISIBLE_DEVICES));
} }
export default new Pipeline()
  .append(new Own(), { gpus: 1 })
  .append(command("Program", ["sh", "-c", 'sleep 0.1; printf %s "$CUDA_VISIBLE_DEVICES" > program.txt']), { gpus: 2 });
`,
  });
  const words = ["run", "--run_local", "--max_processes", "4", "--num_samples", "4", "--data_path", "data"];
  expect((await play.pipe(words, { env: { CUDA_VISIBLE_DEVICES: "GPU-a,GPU-b" } })).status).toBe(0);
  const seen = (name: string) => [0, 1, 2, 3].map((sample) => play.read(`data/00000${sample}/${name}`));
  expect(new Set(seen("own.txt"))).toEqual(new Set(["GPU-a", "GPU-b"]));
  expect(seen("program.txt").map((names) => names.split(",").sort().join())).toEqual(
    Array(4).fill("GPU-a,GPU-b"),
  );
});
