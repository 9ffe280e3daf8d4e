// Trees of real processes, among them those that try to leave.
import { expect, test } from "bun:test";
import { entryFromStat, familyOf, listPids, processEntry } from "../../../src/system/process-list.ts";
import { freshMark, markBelow, marked, markVariable } from "../../../src/system/process-mark.ts";
import { endTree, findTree } from "../../../src/system/process-tree.ts";
import { processesHolding } from "../../support/leftovers.ts";

/** Starts a script in a session of its own and waits until it has said `ready`. */
async function start(script: string, mark: string) {
  const child = Bun.spawn(["sh", "-c", script], {
    detached: true,
    env: { ...process.env, [markVariable]: mark },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const reader = child.stdout.getReader();
  let text = "";
  while (!text.includes("ready\n")) {
    const { done, value } = await reader.read();
    if (done) throw new Error("it ended without a word");
    text += new TextDecoder().decode(value);
  }
  // The pipe would keep us waiting for grandchildren.
  await reader.cancel();
  return { child, root: { pid: child.pid, group: child.pid, mark: marked(mark) } };
}

test("members are found by group, by parent and by mark, and all are ended", async () => {
  const mark = freshMark();
  const { child, root } = await start(
    `trap '' TERM; sleep 60 & setsid sh -c 'trap "" TERM; sleep 61 & wait' & (setsid sleep 62 &) ; sleep 0.05; echo ready; wait`,
    mark,
  );
  const before = findTree(root);
  expect(before.length).toBe(5);
  expect(findTree({ ...root, mark: null }).length).toBe(4);
  const { ended, survivors } = await endTree(root, { grace: 0.1 });
  await child.exited;
  expect(survivors).toEqual([]);
  expect([...ended].sort()).toEqual(before.map(({ pid }) => pid).sort());
  expect(processesHolding(mark)).toEqual([]);
});

test("TERM comes first: who obeys may clean up, and nobody waits longer than needed", async () => {
  const mark = freshMark();
  const { child, root } = await start(`trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done`, mark);
  await endTree(root, { grace: 30 });
  await child.exited;
  expect(child.exitCode).toBe(3);
});

test("a tree whose top is gone is still found; one without members is ended at once", async () => {
  const mark = freshMark();
  const { child, root } = await start("sleep 60 & echo ready; exit 0", mark);
  await child.exited;
  expect(findTree({ ...root, pid: null }).length).toBe(1);
  expect((await endTree({ ...root, pid: null }, { grace: 5 })).ended.length).toBe(1);
  expect(await endTree({ ...root, pid: null }, { grace: 5 })).toEqual({ ended: [], survivors: [] });
});

test("a mark includes those below it and nobody beside it", async () => {
  const top = freshMark();
  const [one, seventeen] = [markBelow(top, "1"), markBelow(top, "17")];
  const a = await start("echo ready; exec sleep 60", one);
  const b = await start("echo ready; exec sleep 60", seventeen);
  const found = (mark: string) =>
    findTree({ pid: null, group: null, mark: marked(mark) })
      .map(({ pid }) => pid)
      .sort();
  expect(found(one)).toEqual([a.child.pid]);
  expect(found(seventeen)).toEqual([b.child.pid]);
  expect(found(top)).toEqual([a.child.pid, b.child.pid].sort());
  await endTree({ pid: null, group: null, mark: marked(top) }, { grace: 1 });
  await Promise.all([a.child.exited, b.child.exited]);
});

test("processes that were there before are not looked at", async () => {
  const mark = freshMark();
  const { child, root } = await start("echo ready; exec sleep 60", mark);
  expect(findTree(root, new Set(listPids()))).toEqual([]);
  expect(findTree(root).map(({ pid }) => pid)).toEqual([child.pid]);
  expect(familyOf(process.pid)).toContain(child.pid);
  await endTree(root, { grace: 1 });
  await child.exited;
  expect(processEntry(child.pid)).toBeNull();
});

test("this process is never a member, whatever it carries", () => {
  expect(findTree({ pid: process.pid, group: null, mark: null }).map(({ pid }) => pid)).not.toContain(
    process.pid,
  );
});

test("a program may be called anything", () => {
  const rest = "7 8 9 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 4242 0 0";
  expect(entryFromStat(5, `5 (a) S 1 (b) S ${rest}`)).toEqual({
    pid: 5,
    parent: 7,
    group: 8,
    started: "4242",
  });
  expect(entryFromStat(5, `5 (x) Z ${rest}`)).toBeNull();
});
