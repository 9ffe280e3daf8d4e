// Real worker processes: what a block does to its process, and that the others do not notice.
import { describe, expect, test } from "bun:test";
import { after, megabytes, PoolRig } from "../../support/pool-rig.ts";

const fine = `class Fine extends PipelineBlock { run(sample) { sample.addStatistic("n", sample.id * 2); } }`;
/** `Bad` misbehaves on sample 1 and is well on the others. */
const withBad = (body: string) => `${fine}
class Bad extends PipelineBlock { async run(sample) { if (sample.id !== 1) { sample.addStatistic("ok", 1); return; }
${body}
} }
export default new Pipeline().append(new Fine()).append(new Bad());`;

describe("a block that ruins its process fails alone", () => {
  const cases = [
    {
      name: "exit",
      body: `console.log("leaving"); process.exit(7);`,
      failure: { kind: "exited", status: 7 },
      tail: ["leaving"],
    },
    {
      name: "exit with status 0",
      body: `process.exit(0);`,
      failure: { kind: "exited", status: 0 },
      tail: [],
    },
    {
      name: "a segmentation fault",
      body: `console.error("last words"); process.kill(process.pid, "SIGSEGV"); await new Promise(() => {});`,
      failure: { kind: "killed", signal: "SIGSEGV" },
      tail: ["last words"],
    },
    {
      name: "an abort",
      body: `process.abort();`,
      failure: { kind: "killed", signal: "SIGABRT" },
      tail: null,
    },
    {
      name: "never looking up",
      body: `console.log("round and round"); for (;;);`,
      needs: { time: after(0.3) },
      failure: { kind: "timeout", limit: 0.3 },
      tail: ["round and round"],
    },
    {
      name: "waiting for ever",
      body: `await new Promise(() => {});`,
      needs: { time: after(0.3) },
      failure: { kind: "timeout", limit: 0.3 },
      tail: [],
    },
    {
      name: "too much memory",
      body: `const held = []; for (;;) { held.push(new Uint8Array(16 << 20).fill(1)); await Bun.sleep(2); }`,
      needs: { memory: megabytes(200) },
      failure: { kind: "out-of-memory", limit: 200 << 20 },
      tail: [],
    },
  ];
  for (const { name, body, needs, failure, tail } of cases) {
    test.concurrent(name, async () => {
      await using rig = new PoolRig({ pipeline: withBad(body) });
      const tasks = [0, 1, 2, 3, 4, 5].map((sample) =>
        rig.task("Bad_0", sample, needs === undefined ? {} : { needs }),
      );
      const results = await rig.run(tasks);
      const [, bad, ...others] = results;
      expect(bad?.outcome.kind === "failed" ? bad.outcome.failure : bad?.outcome).toMatchObject(failure);
      if (tail !== null) expect(bad?.tail).toEqual(tail);
      expect(bad?.changes).toEqual({ config: {}, statistics: {} });
      for (const other of others) expect(other.outcome).toEqual({ kind: "succeeded" });
      expect(rig.results.length).toBe(tasks.length);
      if (tail !== null && tail.length > 0) {
        expect(bad?.log).toBe("task_logs/Bad_0/000001.1.log");
        expect(rig.read(`data/runinfo/000/${bad?.log}`)).toContain(tail[0] ?? "");
      }
    });
  }
});

test("of many short tasks in one batch the one that kills its process is known, and the others are not harmed", async () => {
  await using rig = new PoolRig({
    pipeline: withBad(`process.kill(process.pid, "SIGKILL"); for (;;);`),
    processes: 1,
  });
  // They are known to be short when the bad one comes: it is in a batch.
  await rig.run(Array.from({ length: 50 }, (_, index) => rig.task("Bad_0", index + 2)));
  const tasks = [10, 11, 12, 1, 13, 14, 15, 16].map((sample) => rig.task("Bad_0", sample));
  const results = await rig.run(tasks);
  const kinds = results.map(({ outcome }) => outcome.kind);
  expect(kinds.filter((kind) => kind === "succeeded").length).toBe(7);
  expect(results[3]?.outcome).toEqual({ kind: "failed", failure: { kind: "killed", signal: "SIGKILL" } });
});

test("a pipeline that does not load makes the pool say that it is unable, once, and answer everything", async () => {
  await using rig = new PoolRig({ pipeline: `throw new Error("no licence"); export default 1;` });
  const results = await rig.run([0, 1, 2].map((sample) => rig.task("Fine_0", sample)));
  for (const { outcome } of results) {
    expect(outcome).toMatchObject({ kind: "failed", failure: { kind: "cannot-load" } });
  }
  const unable = rig.events.filter((event) => event.kind === "unable");
  expect(unable.length).toBe(1);
  expect(JSON.stringify(unable)).toContain("no licence");
  const [late] = await rig.run([rig.task("Fine_0", 3)]);
  expect(late?.outcome).toMatchObject({ kind: "failed", failure: { kind: "cannot-load" } });
});

test("processes that die before they can work are not started for ever", async () => {
  await using rig = new PoolRig({
    pipeline: `console.log("as I wished"); process.exit(3); export default 1;`,
  });
  const [result] = await rig.run([rig.task("Fine_0", 0)]);
  expect(result?.outcome).toMatchObject({ kind: "failed", failure: { kind: "cannot-load" } });
  expect(JSON.stringify(rig.events.filter((event) => event.kind === "unable"))).toContain("as I wished");
});

test("a process that dies while it has nothing to do is replaced, with a warning", async () => {
  await using rig = new PoolRig({
    pipeline: `${fine} class Later extends PipelineBlock { run(sample) { setTimeout(() => process.kill(process.pid, "SIGTERM"), 50); } }
export default new Pipeline().append(new Fine()).append(new Later());`,
    processes: 1,
  });
  await rig.run([rig.task("Later_0", 0)]);
  const warning = await rig.until((event) => event.kind === "warning");
  expect(warning).toMatchObject({ message: "a worker ended while it had nothing to do (signal SIGTERM)" });
  const [result] = await rig.run([rig.task("Fine_0", 4)]);
  expect(result?.changes).toEqual({ config: {}, statistics: { n: 8 } });
});

test("an exception outside of what the block waits for is the block's failure", async () => {
  await using rig = new PoolRig({
    pipeline: withBad(
      `setTimeout(() => { throw new RangeError("too late"); }, 1); await new Promise(() => {});`,
    ),
  });
  const results = await rig.run([0, 1, 2].map((sample) => rig.task("Bad_0", sample)));
  expect(results.map(({ outcome }) => outcome.kind)).toEqual(["succeeded", "failed", "succeeded"]);
  expect(results[1]?.outcome).toMatchObject({
    failure: { kind: "exception", name: "RangeError", message: "too late" },
  });
});
