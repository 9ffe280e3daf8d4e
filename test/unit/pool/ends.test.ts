// What is left when something is killed or stopped: nothing.
import { describe, expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { controllableTasks } from "../../support/controllable-task.ts";
import { expectNoneLeft, processesHolding } from "../../support/leftovers.ts";
import { after, PoolRig } from "../../support/pool-rig.ts";

/** A command whose descendants do all they can to stay, and that says when they are there. */
const stubborn = `trap '' TERM
(trap '' TERM; while :; do sleep 60; done) &
setsid sh -c 'trap "" TERM; while :; do sleep 60; done' &
(setsid sh -c 'trap "" TERM; while :; do sleep 60; done' &)
sleep 0.05; echo up > up; wait`;
const command = `export default new Pipeline().append(command("Stay", ["sh", "-c", ${JSON.stringify(stubborn)}])).append(command("Fine", ["true"]));`;

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((next) => setImmediate(next));
}

describe("a command that does not want to end", () => {
  test("is ended with all it started when its time is over, and others go on", async () => {
    await using rig = new PoolRig({ pipeline: command });
    const stay = rig.task("Stay_0", 0, { needs: { time: after(0.5) } });
    const others = [1, 2, 3].map((sample) => rig.task("Fine_0", sample));
    const [result, ...fine] = await rig.run([stay, ...others]);
    expect(result?.outcome).toEqual({ kind: "failed", failure: { kind: "timeout", limit: after(0.5) } });
    expect(fine.map(({ outcome }) => outcome.kind)).toEqual(["succeeded", "succeeded", "succeeded"]);
    expect(processesHolding(rig.token).filter((one) => one.command.includes("sleep"))).toEqual([]);
  });

  test("may take its grace to clean up, and its worker lives on", async () => {
    const polite = `trap 'sleep 0.6; echo cleaned; exit 0' TERM; while :; do sleep 0.02; done`;
    await using rig = new PoolRig({
      pipeline: `export default new Pipeline().append(command("Polite", ["sh", "-c", ${JSON.stringify(polite)}])).append(command("Fine", ["true"]));`,
      processes: 1,
      timing: { grace: 2, slack: 0.1 },
      grace: 2,
    });
    const workers = () => processesHolding(rig.token).filter((one) => one.command.includes("worker-entry"));
    const [result] = await rig.run([rig.task("Polite_0", 0, { needs: { time: after(0.2) } })]);
    const before = workers();
    expect(result?.outcome).toEqual({ kind: "failed", failure: { kind: "timeout", limit: after(0.2) } });
    expect(result?.tail.at(-1)).toBe("cleaned");
    await rig.run([rig.task("Fine_0", 1)]);
    expect(before.length).toBe(1);
    expect(workers()).toEqual(before);
  });

  test("is ended with all it started when it is cancelled", async () => {
    await using rig = new PoolRig({ pipeline: command });
    const stay = rig.task("Stay_0", 0);
    rig.pool.assign([stay]);
    await until(() => rig.exists("data/000000/up"));
    rig.pool.cancel(stay.task, 0.1);
    expect((await rig.ended(stay)).outcome).toEqual({ kind: "failed", failure: { kind: "cancelled" } });
    expect(processesHolding(rig.token).filter((one) => one.command.includes("sleep"))).toEqual([]);
  });

  test("is ended with all it started when its worker is killed", async () => {
    await using rig = new PoolRig({ pipeline: command });
    const stay = rig.task("Stay_0", 0);
    rig.pool.assign([stay]);
    await until(() => rig.exists("data/000000/up"));
    const worker = processesHolding(rig.token).find((one) => one.command.includes("worker-entry"));
    process.kill(worker?.pid ?? 0, "SIGKILL");
    expect((await rig.ended(stay)).outcome).toEqual({
      kind: "failed",
      failure: { kind: "killed", signal: "SIGKILL" },
    });
    expect(processesHolding(rig.token).filter((one) => one.command.includes("sleep"))).toEqual([]);
  });

  for (const [name, pipeline, block] of [
    ["a command", command, "Stay_0"],
    [
      "a block in an endless loop, with programs that it started",
      `class Loop extends PipelineBlock { async run(sample) {
        Bun.spawn(["sh", "-c", ${JSON.stringify(stubborn)}], { cwd: sample.path, detached: true, stdio: ["ignore", "inherit", "inherit"] });
        while (!(await Bun.file(sample.path + "/up").exists())) await Bun.sleep(5);
        await Bun.write(sample.path + "/looping", ""); for (;;); } }
      export default new Pipeline().append(new Loop());`,
      "Loop_0",
    ],
  ] as const) {
    test(`is ended with all it started when the launcher is killed: ${name}`, async () => {
      const token = crypto.randomUUID();
      const entry = resolve(import.meta.dir, "../../support/launcher-entry.ts");
      const child = Bun.spawn([process.execPath, entry, token, pipeline, block], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const { value } = await child.stdout.getReader().read();
      const folder = new TextDecoder().decode(value).trim();
      const marker = block === "Loop_0" ? "looping" : "up";
      await until(() => existsSync(`${folder}/data/000000/${marker}`));
      await until(() => processesHolding(token).some((one) => one.command.includes(" guard ")));
      expect(processesHolding(token).length).toBeGreaterThan(5);
      child.kill("SIGKILL");
      await child.exited;
      await until(() => processesHolding(token).length === 0);
      rmSync(folder, { recursive: true });
    }, 15_000);
  }
});

describe("stopping", () => {
  const pipeline = (source: string) => `${source}\nexport default new Pipeline().append(new Controlled());`;

  test("lets running tasks end and answers what was not begun as cancelled", async () => {
    await using tasks = await controllableTasks();
    await using rig = new PoolRig({ pipeline: pipeline(tasks.blockSource), processes: 1 });
    const all = [0, 1, 2].map((sample) => rig.task("Controlled_0", sample));
    rig.pool.assign(all);
    const running = await tasks.next();
    const stopped = rig.pool.stop({ kind: "finish" });
    await running.write("late.txt", "x");
    running.end();
    await stopped;
    const results = [...rig.results].sort((a, b) => a.task - b.task);
    expect(
      results.map(({ outcome }) => (outcome.kind === "failed" ? outcome.failure.kind : outcome.kind)),
    ).toEqual(["succeeded", "cancelled", "cancelled"]);
    expect(results[0]?.manifest.files.map(({ path }) => path)).toEqual(["late.txt"]);
    expect(tasks.begun).toBe(1);
    expectNoneLeft(rig.token);
  });

  test("ends running tasks when it has to be now, also those that never look up", async () => {
    await using tasks = await controllableTasks();
    await using rig = new PoolRig({ pipeline: pipeline(tasks.blockSource) });
    const all = [0, 1, 2].map((sample) => rig.task("Controlled_0", sample));
    rig.pool.assign(all);
    const [first] = [await tasks.next(), await tasks.next()];
    first.hang();
    await rig.pool.stop({ kind: "end-now", grace: 0.1 });
    expect(rig.results.length).toBe(3);
    for (const { outcome } of rig.results)
      expect(outcome).toEqual({ kind: "failed", failure: { kind: "cancelled" } });
    expectNoneLeft(rig.token);
    rig.pool.assign([rig.task("Controlled_0", 7)]);
    expect(rig.results.length).toBe(3);
  });
});

test("no more run side by side than fit", async () => {
  await using tasks = await controllableTasks();
  await using rig = new PoolRig({
    pipeline: `${tasks.blockSource}\nexport default new Pipeline().append(new Controlled());`,
    processes: 4,
    capacity: { cpus: 4, memory: null, gpus: 1 },
  });
  const wide = rig.task("Controlled_0", 0, { needs: { cpus: 3 } });
  const others = [1, 2].map((sample) => rig.task("Controlled_0", sample, { needs: { cpus: 1, gpus: 1 } }));
  rig.pool.assign([wide, ...others]);
  const running = [await tasks.next(), await tasks.next()];
  expect(running.map(({ sample }) => sample).sort()).toEqual([0, 1]);
  expect(tasks.begun).toBe(2);
  running.find(({ sample }) => sample === 1)?.end();
  const third = await tasks.next();
  expect(third.sample).toBe(2);
  for (const task of [...running, third]) task.end();
  for (const assignment of [wide, ...others])
    expect((await rig.ended(assignment)).outcome.kind).toBe("succeeded");
});

test("a controllable command: it prints, writes, fails at the test's word", async () => {
  await using tasks = await controllableTasks();
  await using rig = new PoolRig({
    pipeline: `export default new Pipeline().append(command("Run", ${JSON.stringify(tasks.argv)}));`,
  });
  const [a, b] = [rig.task("Run_0", 4), rig.task("Run_0", 5)];
  rig.pool.assign([a, b]);
  const running = [await tasks.next(), await tasks.next()];
  const four = running.find(({ sample }) => sample === 4);
  await four?.print("half way");
  four?.exit(3);
  await four?.gone;
  expect(await rig.ended(a)).toMatchObject({
    outcome: { failure: { kind: "command-status", status: 3 } },
    tail: ["half way"],
  });
  running.find(({ sample }) => sample === 5)?.end();
  expect((await rig.ended(b)).outcome.kind).toBe("succeeded");
});
