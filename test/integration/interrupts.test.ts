// Ctrl-C, a kill, a launcher that dies: nothing is left running, and what was finished is recorded.
import { expect, test } from "bun:test";
import { existsSync, readdirSync, renameSync } from "node:fs";
import { Playground, processesWith } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";
import { until } from "../support/until.ts";

/** Each task says that it is there, then waits until the test makes a file. */
const waiting = `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
import { existsSync, writeFileSync } from "node:fs";
class Wait extends PipelineBlock { async run(sample: DataSample) {
  writeFileSync(sample.path + "/here", "");
  while (!existsSync(sample.path + "/../../go")) await Bun.sleep(5);
} }
class After extends PipelineBlock { async run(sample: DataSample) { sample.addStatistic("after", 1); } }
export default new Pipeline().append(new Wait()).append(new After());
`;

for (const how of [["--run_local", "--max_processes", "1"], ["--run_sequential"]]) {
  test(`${how[0]}: Ctrl-C once lets running tasks finish and starts no others`, async () => {
    await using play = new Playground();
    play.write({ "pipeline.ts": waiting });
    const run = play.start(["run", ...how, "--num_samples", "3", "--json"]);
    await until(() => existsSync(play.path("data/000000/here")));
    run.signal("SIGINT");
    await run.said("interrupted");
    play.write({ go: "" });
    const ending = await run.ended;
    expect(ending.status).toBe(130);
    const report = asReport(ending.stdout);
    expect(report.tasks).toEqual({ total: 6, ran: 1, cached: 0, issues: 0, failed: 0, skipped: 5 });
    expect(existsSync(play.path("data/000001/here"))).toBe(false);
  });
}

test("Ctrl-C twice ends running tasks, whatever they do", async () => {
  await using play = new Playground();
  play.write({
    "deaf.sh": `#!/bin/sh\ntrap '' TERM INT\n: > here\nwhile :; do sleep 60; done\n`,
    "pipeline.ts": `import { Pipeline, command } from "pipe";
export default new Pipeline().append(command("Deaf", ["./deaf.sh"]));
`,
  });
  const run = play.start(["run", "--run_local", "--max_processes", "2", "--num_samples", "4"]);
  await until(() => existsSync(play.path("data/000000/here")) && existsSync(play.path("data/000001/here")));
  run.signal("SIGINT");
  await run.said("interrupted");
  run.signal("SIGINT");
  const ending = await run.ended;
  expect(ending.status).toBe(130);
  expect(processesWith(play.token)).toEqual([]);
}, 30_000);

for (const how of [["--run_local", "--max_processes", "2"], ["--run_sequential"]]) {
  test(`${how[0]}: a launcher killed without warning takes its workers and their commands with it`, async () => {
    await using play = new Playground();
    play.write({
      "deaf.sh": `#!/bin/sh\ntrap '' TERM INT\nsetsid sleep 600 &\n: > here\nwhile :; do sleep 60; done\n`,
      "pipeline.ts": `import { Pipeline, command } from "pipe";
export default new Pipeline().append(command("Deaf", ["./deaf.sh"]));
`,
    });
    const run = play.start(["run", ...how, "--num_samples", "4"]);
    await until(() => existsSync(play.path("data/000000/here")));
    run.signal("SIGKILL");
    await run.ended;
    await until(() => processesWith(play.token).length === 0);
    // The run is told from its folder alone, and the next one is not kept out by the dead launcher's lock.
    const status = await play.pipe(["status", "--json"]);
    expect(status.status).toBe(0);
    play.write({ "deaf.sh": "#!/bin/sh\nexit 0\n" });
    const again = await play.pipe(["run", ...how]);
    expect(again.status).toBe(0);
  }, 30_000);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`${signal} while the pipeline is still being made ready leaves nothing behind`, async () => {
    await using play = new Playground();
    // git is asked after the pipeline was loaded and before the run begins.
    play.write({
      "pipeline.ts": waiting,
      "bin/git.sh": "#!/bin/sh\n: > asked\nwhile kill -0 $PPID; do sleep 0.02; done\n",
      "tmp/here": "",
    });
    renameSync(play.path("bin/git.sh"), play.path("bin/git"));
    const env = { PATH: `${play.path("bin")}:${process.env.PATH ?? ""}`, TMPDIR: play.path("tmp") };
    const run = play.start(["run", "--run_local", "--num_samples", "3", "--json"], { env });
    await until(() => existsSync(play.path("asked")));
    expect(readdirSync(play.path("tmp")).length).toBe(2);
    run.signal(signal);
    const ending = await run.ended;
    expect([ending.signal, ending.stdout]).toEqual([signal, ""]);
    expect(readdirSync(play.path("tmp"))).toEqual(["here"]);
    expect(existsSync(play.path("data"))).toBe(false);
    await until(() => processesWith(play.token).length === 0);
  });
}

test("a pipeline file that never comes to its end is ended by Ctrl-C", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": `await Bun.write("loading", "");\nfor (;;) {}\n${waiting}` });
  const run = play.start(["run", "--run_local", "--num_samples", "1"]);
  await until(() => existsSync(play.path("loading")));
  run.signal("SIGINT");
  expect((await run.ended).signal).toBe("SIGINT");
});

test("two launchers on one dataset: the second says who is running and starts nothing", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": waiting });
  const first = play.start(["run", "--run_local", "--num_samples", "1", "--json"]);
  await until(() => existsSync(play.path("data/000000/here")));
  const second = await play.pipe(["run", "--run_local", "--json"]);
  expect(second.status).toBe(3);
  expect(second.stdout).toBe("");
  expect(second.stderr).toContain(`pid ${first.pid}`);
  expect(existsSync(play.path("data/runinfo/001"))).toBe(false);
  play.write({ go: "" });
  expect((await first.ended).status).toBe(0);
});
