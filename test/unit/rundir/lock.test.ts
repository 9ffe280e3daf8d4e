import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { moment } from "../../../src/core/ids.ts";
import { openDataset } from "../../../src/rundir/create.ts";
import { acquireLock } from "../../../src/rundir/lock.ts";
import { type LockOwner, lockOwnerText, readLockOwner } from "../../../src/rundir/lock-owner.ts";
import { isTemporaryName } from "../../../src/system/durable-file.ts";
import { thisProcess } from "../../../src/system/host.ts";
import { type Scratch, scratch } from "../system/scratch.ts";

const script = Bun.fileURLToPath(new URL("./lock-fixture.ts", import.meta.url));
const request = { command: "pipe run --run_local" };

function dataset(): Scratch {
  const folder = scratch();
  openDataset(folder.path);
  return folder;
}

/** What is in runinfo/ besides what a kill in the middle of a write may leave anywhere. */
const leftIn = (folder: Scratch) =>
  readdirSync(folder.at("runinfo")).filter((name) => !isTemporaryName(name));

/** The lock of an owner that is not this process. */
function lockedBy(folder: Scratch, change: Partial<LockOwner["process"]>): LockOwner {
  const owner: LockOwner = {
    process: { ...thisProcess(), ...change },
    nonce: "00000000000000aa",
    since: moment(1_795_000_000_000),
    command: "pipe run",
    run: "003",
  };
  mkdirSync(folder.at("runinfo", "lock"));
  writeFileSync(folder.at("runinfo", "lock", "owner.json"), lockOwnerText(owner));
  return owner;
}

function contender(folder: Scratch, end: "release" | "die", env: Record<string, string> = {}) {
  const child = Bun.spawn([process.execPath, script, folder.path, end], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...process.env, ...env },
  });
  const reader = child.stdout.getReader();
  return {
    child,
    answer: async () => new TextDecoder().decode((await reader.read()).value).trim(),
    end: async () => {
      child.stdin.end();
      return await child.exited;
    },
  };
}

describe("the lock of a dataset", () => {
  test("is held by one, tells the others who that is, and is free again when it is given back", () => {
    using folder = dataset();
    const first = acquireLock(folder.path, request);
    if (first.kind !== "acquired") throw new Error(first.why);
    first.announce("007");
    const second = acquireLock(folder.path, { command: "another" });
    expect(second).toEqual({
      kind: "held",
      why: "alive",
      owner: { ...first.owner, run: "007" },
      path: folder.at("runinfo", "lock"),
    });
    expect(first.owner).toMatchObject({ command: request.command, process: { pid: process.pid } });
    expect(readLockOwner(folder.path)).toMatchObject({ kind: "owner" });
    expect(first.release()).toBe("released");
    expect(first.release()).toBe("not-ours");
    expect(leftIn(folder)).toEqual([]);
    expect(readLockOwner(folder.path)).toEqual({ kind: "none" });
    const third = acquireLock(folder.path, request);
    expect(third.kind === "acquired" && third.tookOver).toBeNull();
    expect(first.release()).toBe("not-ours");
    expect(leftIn(folder)).toEqual(["lock"]);
  });

  test("of a launcher that was killed is taken over by the next one", async () => {
    using folder = dataset();
    const dying = contender(folder, "die");
    expect(await dying.answer()).toBe("acquired false");
    expect(acquireLock(folder.path, request).kind).toBe("held");
    await dying.end();
    const answer = acquireLock(folder.path, request);
    expect(answer.kind === "acquired" && answer.tookOver?.command).toBe("fixture");
    expect(leftIn(folder)).toEqual(["lock"]);
  });

  test("of before a reboot is taken over; of another machine or a container it is not", () => {
    for (const [change, expected] of [
      [{ boot: "another boot" }, "acquired"],
      [{ started: "1" }, "acquired"],
      [{ host: "n17", boot: "another boot" }, "elsewhere"],
      [{ space: "pid:[1]" }, "hidden"],
      [{}, "alive"],
    ] as const) {
      using folder = dataset();
      const owner = lockedBy(folder, change);
      const answer = acquireLock(folder.path, request);
      if (expected === "acquired") {
        expect(answer.kind === "acquired" && answer.tookOver).toEqual(owner);
      } else {
        expect(answer).toEqual({ kind: "held", why: expected, owner, path: folder.at("runinfo", "lock") });
      }
    }
  });

  test("is taken from an owner elsewhere when a person says which one is dead, and from no other", () => {
    using folder = dataset();
    const owner = lockedBy(folder, { host: "n17", boot: "another boot" });
    expect(acquireLock(folder.path, { ...request, vouchedDead: "00000000000000bb" }).kind).toBe("held");
    expect(acquireLock(folder.path, { ...request, vouchedDead: owner.nonce }).kind).toBe("acquired");
  });

  test("that nobody can read is held until a person removes it, and an empty one is none", () => {
    using folder = dataset();
    mkdirSync(folder.at("runinfo", "lock"));
    writeFileSync(folder.at("runinfo", "lock", "owner.json"), '{"format":"pipe-lo');
    expect(acquireLock(folder.path, request)).toMatchObject({ kind: "held", owner: null, why: "unknown" });
    writeFileSync(folder.at("runinfo", "lock", "owner.json"), '{"format":"pipe-lock","version":99}');
    expect(acquireLock(folder.path, request)).toMatchObject({ kind: "held", owner: null, why: "unknown" });
    rmSync(folder.at("runinfo", "lock"), { recursive: true });
    mkdirSync(folder.at("runinfo", "lock"));
    expect(acquireLock(folder.path, request).kind).toBe("acquired");
  });
});

describe("launchers that start together", () => {
  for (const [situation, prepare] of [
    ["on a free dataset", () => {}],
    ["on one whose launcher was killed", (folder: Scratch) => void lockedBy(folder, { started: "1" })],
    [
      "on one whose launcher and whose first taker were killed",
      (folder: Scratch) => {
        const owner = lockedBy(folder, { started: "1" });
        const taker = { ...owner, nonce: "00000000000000cc" };
        writeFileSync(folder.at("runinfo", `lock.takeover.${owner.nonce}`), lockOwnerText(taker));
      },
    ],
  ] as const) {
    test(`${situation}: exactly one gets the lock`, async () => {
      for (let round = 0; round < 3; round++) {
        using folder = dataset();
        prepare(folder);
        const all = Array.from({ length: 6 }, () => contender(folder, "release"));
        const answers = await Promise.all(all.map((one) => one.answer()));
        expect(answers.filter((answer) => answer.startsWith("acquired"))).toHaveLength(1);
        expect(answers.filter((answer) => answer === "held alive")).toHaveLength(5);
        await Promise.all(all.map((one) => one.end()));
        expect(leftIn(folder).filter((name) => name === "lock")).toEqual([]);
        const next = acquireLock(folder.path, request);
        expect(next.kind).toBe("acquired");
        expect(leftIn(folder)).toEqual(["lock"]);
      }
    }, 30_000);
  }
});

describe("a launcher that is killed before any step of taking the lock", () => {
  for (const [situation, prepare] of [
    ["a free one", () => {}],
    ["a dead one's", (folder: Scratch) => void lockedBy(folder, { started: "1" })],
  ] as const) {
    test(`(${situation}) never keeps the next one from getting it`, async () => {
      let step = 1;
      for (; step < 100; step++) {
        using folder = dataset();
        prepare(folder);
        const victim = contender(folder, "die", { PIPE_FAULT_KILL_AT_STEP: String(step) });
        const answer = await victim.answer();
        await victim.end();
        const next = acquireLock(folder.path, request);
        expect(next.kind).toBe("acquired");
        expect(leftIn(folder)).toEqual(["lock"]);
        if (answer.startsWith("acquired")) break;
      }
      expect(step).toBeGreaterThan(5);
      expect(step).toBeLessThan(100);
    }, 30_000);
  }
});
