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
