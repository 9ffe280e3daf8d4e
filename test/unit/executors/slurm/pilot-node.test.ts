// One pilot as its launcher sees it, over real mailboxes: whatever it says, twice, late or of another attempt, each task that it
// was given is answered once, by itself or by its end.
import { expect, test } from "bun:test";
import {
  attempt,
  blockName,
  moment,
  type Seconds,
  seconds,
  taskId,
  workerId,
} from "../../../../src/core/ids.ts";
import { defaultResources } from "../../../../src/core/resources.ts";
import { PilotMailbox } from "../../../../src/executors/slurm/pilots/pilot-mailbox.ts";
import { type NodeListener, PilotNode } from "../../../../src/executors/slurm/pilots/pilot-node.ts";
import { readMailbox } from "../../../../src/executors/slurm/pilots/read-mailbox.ts";
import { Inbox } from "../../../../src/pilot/inbox.ts";
import { Outbox } from "../../../../src/pilot/outbox.ts";
import type { TaskResult } from "../../../../src/protocol/answer.ts";
import type { Assignment } from "../../../../src/protocol/assignment.ts";
import type { ToPilot } from "../../../../src/protocol/mailbox.ts";
import { outboxPath } from "../../../../src/rundir/layout.ts";
import { type Seeded, seeded } from "../../../support/seeded.ts";
import { scratch } from "../../system/scratch.ts";

const capacity = { cpus: 2, memory: null, gpus: 0 };
const rules = {
  ...{ capacity, walltime: seconds(3600), maxIdletime: seconds(120), orphanTime: seconds(1800), patience: 1 },
};
const serve: ToPilot = { kind: "serve", runFolder: "/data/runinfo/000", seed: 1, rules };
const of = (task: number, tried: number, time: Seconds | null = null): Assignment => ({
  ...{
    task: taskId(task),
    attempt: attempt(tried),
    block: blockName("Mesh_0"),
    target: { kind: "dataset", valid: [] },
  },
  ...{ needs: { ...defaultResources, time }, environment: {}, key: null },
});
const result = ({ task, attempt: tried }: Assignment): TaskResult => ({
  ...{ task, attempt: tried, outcome: { kind: "succeeded" }, changes: { config: {}, statistics: {} } },
  manifest: { files: [], removed: [], found: [] },
  usage: { seconds: seconds(1), cpuSeconds: null, peakMemory: null },
  ...{ started: moment(1), ended: moment(2), log: null, tail: [] },
});

async function pair(folder: string) {
  const mailbox = await PilotMailbox.prepare(
    {
      folder,
      version: "t",
      facts: {},
      onTrouble: (error) => {
        throw error;
      },
    },
    [serve],
  );
  const told: string[] = [];
  const name = ({ task, attempt: tried }: { task: number; attempt: number }) => `${task}.${tried}`;
  const listener: NodeListener = {
    hello: () => told.push("hello"),
    started: () => {},
    ended: (_node, _lane, one) => told.push(`ended ${name(one)}`),
    declined: (_node, one) => told.push(`declined ${name(one)}`),
    earlier: () => told.push("earlier"),
    holdsOfEarlier: () => {},
    warning: (message) => told.push(message),
    unfit: (_node, message) => told.push(message),
    leaving: (_node, why) => told.push(`leaving ${why}`),
    unusable: (_node, message) => told.push(`unusable ${message}`),
  };
  const node = new PilotNode({ worker: workerId("p0001"), slot: "p0001", mailbox }, listener, seconds(0));
  const outbox = await Outbox.open({
    ...{ path: outboxPath(folder), nonce: "0123456789abcdef", version: "t", facts: {} },
    ...{
      note: () => {},
      onLost: (how) => {
        throw new Error(how);
      },
    },
  });
  const inbox = new Inbox(folder);
  inbox.lookForNew();
  return { mailbox, node, outbox, inbox, told };
}

test("refusals are remembered, the shortest limit counts", async () => {
  using folder = scratch();
  const { node, outbox, mailbox, told } = await pair(folder.at("p0001"));
  node.give([of(1, 1, seconds(600)), of(2, 1, seconds(60)), of(3, 1)], seconds(1));
  await mailbox.synced();
  expect(node.refused).toBeNull();
  const refuse = async (task: number) => {
    outbox.say({ kind: "declined", of: 1, task: taskId(task), attempt: attempt(1), why: "too long" });
    await outbox.synced();
    node.poll(seconds(2), 1);
    return node.refused;
  };
  expect([await refuse(1), await refuse(2), await refuse(2), await refuse(3)]).toEqual(
    [600, 60, 60, 0].map(seconds),
  );
  expect(told).toEqual(["declined 1.1", "declined 2.1", "declined 3.1"]);
  await outbox.close();
  await node.end("test");
  node.tell({ kind: "finish" });
});

test("a hundred histories: each task is answered once", async () => {
  for (let seed = 0; seed < 100; seed++) await history(seeded(seed));
}, 60_000);

async function history(random: Seeded): Promise<void> {
  using folder = scratch();
  const { node, outbox, inbox, mailbox, told } = await pair(folder.at("p0001"));
  const given: Assignment[] = [];
  // What the pilot has, as it believes.
  const holding: Assignment[] = [];
  let now = 0;
  for (let step = 0; step < 30; step++) {
    now += 1;
    switch (random.below(6)) {
      case 0: {
        const more = Array.from({ length: random.below(40) }, (_, i) =>
          of(given.length + i, 1 + random.below(3)),
        );
        given.push(...more);
        node.give(more, seconds(now));
        // What is given in one turn of the event loop leaves at its end.
        await new Promise((resolve) => setImmediate(resolve));
        await mailbox.synced();
        break;
      }
      case 1:
        inbox.poll(seconds(now), (message) => {
          if (message.kind !== "run") return;
          // Some are lost on the way: a parcel that could not be written.
          for (const one of message.assignments) if (random.chance(0.9)) holding.push(one);
        });
        break;
      case 2:
        for (let n = random.below(20); n > 0 && holding.length > 0; n--) {
          const [one] = holding.splice(random.below(holding.length), 1);
          if (one === undefined) break;
          const { task, attempt: tried } = one;
          if (random.chance(0.1)) outbox.say({ kind: "declined", of: 1, task, attempt: tried, why: "" });
          else outbox.result({ of: 1, lane: 0 }, result(one));
          // Said twice, of another attempt, of a task that it never had.
          if (random.chance(0.1)) outbox.result({ of: 1, lane: 0 }, result(one));
          if (random.chance(0.1)) outbox.result({ of: 1, lane: 0 }, { ...result(one), attempt: attempt(9) });
          if (random.chance(0.1))
            outbox.say({ kind: "declined", of: 1, task: taskId(9999), attempt: attempt(1), why: "" });
        }
        break;
      case 3:
        outbox.say({
          ...{ kind: "beat", of: 1, heard: inbox.heard, earlier: [], free: null },
          holding: holding.map(({ task, attempt: tried }) => ({ task, attempt: tried })),
        });
        break;
      default:
        await outbox.synced();
        node.poll(seconds(now), 1);
    }
  }
  await outbox.synced();
  node.poll(seconds(now), 1);
  const box = readMailbox(folder.at("p0001"));
  const left = await node.end("test");
  const names = (list: readonly { task: number; attempt: number }[]) =>
    list.map((one) => `${one.task}.${one.attempt}`);
  const answers = told.map((line) => line.split(" ")[1] ?? "");
  expect([...answers, ...names(left)].sort()).toEqual(names(given).sort());
  // Who takes over finds the same answers, and what is open there was not answered here, but for what a beat has shown to be lost.
  const ended = told.filter((line) => line.startsWith("ended")).map((line) => line.split(" ")[1]);
  expect(names(box.answered.map(({ assignment }) => assignment)).sort()).toEqual(
    [...ended].sort() as string[],
  );
  expect(names(left).every((one) => names(box.open.map(({ assignment }) => assignment)).includes(one))).toBe(
    true,
  );
  await outbox.close();
}
