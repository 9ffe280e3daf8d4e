// Persistent commands as real programs: started once, asked many times, started anew after whatever went wrong.
import { describe, expect, test } from "bun:test";
import { command, Pipeline } from "../../../src/api/index.ts";
import { seconds } from "../../../src/core/ids.ts";
import { marked } from "../../../src/system/process-mark.ts";
import { processesHolding } from "../../support/leftovers.ts";
import { RunnerRig } from "../../support/runner-rig.ts";

/** Answers each line by `body`, in which `line` is the question, `id` its sample and `n` how many there were before. */
const program = (body: string) => `import json, os, sys, time, subprocess
print("loaded", file=sys.stderr)
n = 0
def answer(what):
    print(json.dumps(what), flush=True)
for line in sys.stdin:
    line = json.loads(line)
    id = line["id"]
${body.replace(/^/gm, "    ")}
    n += 1
`;
const well = `answer({"statistics": {"n": n, "pid": os.getpid()}})`;

function use(rig: RunnerRig, body: string): RunnerRig {
  const script = rig.write("service.py", program(body));
  return rig.use(
    new Pipeline()
      .append(command("Service", ["python3", script], { persistent: true }))
      .append(command("Fine", ["true"])),
  );
}

describe("a persistent command", () => {
  test("is started once and told everything of each sample", async () => {
    await using rig = new RunnerRig();
    use(rig, `answer({"config": {"told": line}, "statistics": {"n": n, "pid": os.getpid()}, "id": id})`);
    rig.write("data/000004/mesh.obj", "v");
    const first = await rig.run("Service_0", 4, { state: { config: { A_0: { x: 1 } } } });
    const second = await rig.run("Service_0", 5, { attempt: 3 });
    expect(first.outcome).toEqual({ kind: "succeeded" });
    expect(first.changes.config).toMatchObject({
      told: {
        ...{ id: 4, path: `${rig.dataPath}/000004`, config: { A_0: { x: 1 } }, statistics: {} },
        ...{ files: ["mesh.obj"], attempt: 1, block: "Service_0" },
      },
    });
    expect(second.changes.config).toMatchObject({ told: { id: 5, attempt: 3, files: [] } });
    expect([first, second].map(({ changes }) => changes.statistics.n)).toEqual([0, 1]);
    expect(first.changes.statistics.pid).toBe(second.changes.statistics.pid ?? null);
    expect(rig.log(first)).toBe("loaded\n");
    expect(second.log).toBeNull();
  });

  test("is started anew where this worker has other GPUs now, and only then", async () => {
    await using rig = new RunnerRig();
    use(
      rig,
      `answer({"config": {"gpus": os.environ.get("CUDA_VISIBLE_DEVICES")}, "statistics": {"pid": os.getpid()}})`,
    );
    const on = async (sample: number, gpus: string) => {
      const environment = { CUDA_VISIBLE_DEVICES: gpus };
      const { changes } = await rig.run("Service_0", sample, { needs: { gpus: 1 }, environment });
      return { gpus: changes.config.gpus, pid: changes.statistics.pid };
    };
    const [first, second, third] = [await on(1, "0"), await on(2, "0"), await on(3, "1")];
    expect([first, second, third].map(({ gpus }) => gpus)).toEqual(["0", "0", "1"]);
    expect(second.pid).toBe(first.pid ?? null);
    expect(third.pid).not.toBe(first.pid ?? null);
    expect(() => process.kill(Number(first.pid), 0)).toThrow();
  });

  test("writes into the sample's folder, which is seen, and reports issues and errors of its own", async () => {
    await using rig = new RunnerRig();
    use(
      rig,
      `open(os.path.join(line["path"], "out.txt"), "w").write("x")
if id == 1: answer({"issue": "too thin"})
elif id == 2: answer({"error": "no licence left"})
else: ${well}`,
    );
    expect((await rig.run("Service_0", 0)).manifest.files.map(({ path }) => path)).toEqual(["out.txt"]);
    expect((await rig.run("Service_0", 1)).outcome).toEqual({ kind: "issue", message: "too thin" });
    expect(await rig.failure("Service_0", 2)).toMatchObject({
      kind: "exception",
      name: "python3",
      message: "no licence left",
    });
    // It said so itself: nothing is wrong with the program, and it stays.
    expect((await rig.run("Service_0", 3)).changes.statistics.n).toBe(3);
  });

  test("that dies in the middle fails that sample with its status and last words, and is started anew", async () => {
    await using rig = new RunnerRig();
    use(
      rig,
      `if id == 1: print("dying now", file=sys.stderr); sys.exit(9)
if id == 2: os.kill(os.getpid(), 11)
${well}`,
    );
    await rig.run("Service_0", 0);
    const died = await rig.run("Service_0", 1);
    expect(died.outcome).toMatchObject({
      failure: { kind: "persistent-died", program: "python3", status: 9, signal: null },
    });
    expect(died.tail).toEqual(["dying now"]);
    expect((await rig.run("Service_0", 3)).changes.statistics.n).toBe(0);
    expect(await rig.failure("Service_0", 2)).toMatchObject({
      kind: "persistent-died",
      status: null,
      signal: "SIGSEGV",
    });
    expect((await rig.run("Service_0", 4)).changes.statistics.n).toBe(0);
  });

  test("that ended between two samples costs nobody an attempt", async () => {
    await using rig = new RunnerRig();
    use(rig, `${well}\nif id == 0: sys.exit(0)`);
    const first = await rig.run("Service_0", 0);
    const pid = Number(first.changes.statistics.pid);
    await until(() => !processAlive(pid));
    expect((await rig.run("Service_0", 1)).changes.statistics.n).toBe(0);
  });

  const rubbish: readonly (readonly [string, string, string])[] = [
    ["a warning on standard output", `print("Warning: deprecated", flush=True)`, "not JSON"],
    ["an unknown key", `answer({"statistic": 1})`, "did you mean `statistics`"],
    ["a blank line", `print("", flush=True)`, "empty"],
    ["an answer about another sample", `answer({"id": 77})`, "77"],
  ];
  for (const [name, body, says] of rubbish) {
    test(`that answers with ${name} fails that sample, and is started anew`, async () => {
      await using rig = new RunnerRig();
      use(rig, `if id == 1:\n    ${body}\nelse:\n    ${well}`);
      const before = await rig.run("Service_0", 0);
      const failure = await rig.failure("Service_0", 1);
      expect(failure.kind).toBe("bad-answer");
      expect(failure.kind === "bad-answer" ? failure.problem : "").toContain(says);
      const after = await rig.run("Service_0", 2);
      expect(after.changes.statistics.n).toBe(0);
      expect(after.changes.statistics.pid).not.toBe(before.changes.statistics.pid ?? null);
    });
  }

  test("that answers twice does not give its second line to the next sample", async () => {
    await using rig = new RunnerRig();
    use(
      rig,
      `answer({"statistics": {"of": id}})\nanswer({"statistics": {"of": id}})\nopen(line["path"] + "/said", "w")`,
    );
    expect((await rig.run("Service_0", 0)).changes.statistics).toEqual({ of: 0 });
    await until(() => rig.exists("data/000000/said"));
    // Both lines are in the pipe now; the event loop has to take them out.
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    const failure = await rig.failure("Service_0", 1);
    expect(failure).toMatchObject({
      kind: "bad-answer",
      problem: "it wrote more than one line for each sample",
    });
    expect((await rig.run("Service_0", 2)).changes.statistics).toEqual({ of: 2 });
  });

  test("over its time is ended with all it started; the next sample gets a new one", async () => {
    await using rig = new RunnerRig();
    use(
      rig,
      `if id == 1:
    subprocess.Popen(["setsid", "sh", "-c", "trap '' TERM; sleep 60"])
    time.sleep(60)
${well}`,
    );
    await rig.run("Service_0", 0);
    const late = await rig.run("Service_0", 1, { needs: { time: seconds(0.5) } });
    expect(late.outcome).toEqual({ kind: "failed", failure: { kind: "timeout", limit: seconds(0.5) } });
    expect(processesHolding(marked(rig.mark))).toEqual([]);
    expect((await rig.run("Service_0", 2)).changes.statistics.n).toBe(0);
  });

  test("that cannot be started, or never reads, is a failure of the sample", async () => {
    await using rig = new RunnerRig();
    rig.use(
      new Pipeline()
        .append(command("Missing", ["no-such-program"], { persistent: true }))
        .append(command("Quits", ["false"], { persistent: true }))
        .append(command("Fine", ["true"])),
    );
    expect(await rig.failure("Missing_0")).toMatchObject({ kind: "cannot-start", why: "not-found" });
    expect(await rig.failure("Quits_0")).toMatchObject({ kind: "persistent-died", status: 1 });
    expect((await rig.run("Fine_0")).outcome).toEqual({ kind: "succeeded" });
  });

  test("is ended with the worker: it sees the end of its input first", async () => {
    const rig = new RunnerRig();
    rig.use(
      new Pipeline().append(
        command(
          "Service",
          [
            "python3",
            rig.write("s.py", `${program(well)}open("${rig.path("goodbye")}", "w").write("bye")\n`),
          ],
          {
            persistent: true,
          },
        ),
      ),
    );
    await rig.run("Service_0");
    await rig.runner.close();
    expect(rig.read("goodbye")).toBe("bye");
    await rig[Symbol.asyncDispose]();
  });
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

function processAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
