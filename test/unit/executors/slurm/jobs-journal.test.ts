// What a run has submitted, read back after whatever happened to its launchers.
import { describe, expect, test } from "bun:test";
import { appendFileSync, writeFileSync } from "node:fs";
import { Refusal } from "../../../../src/core/diagnostic.ts";
import { JobsJournal, openSlots, readJobs } from "../../../../src/executors/slurm/jobs/jobs-journal.ts";
import { JournalWriter } from "../../../../src/journal/writer.ts";
import { scratch } from "../../system/scratch.ts";

const facts = { block: "Simulate_0", from: 0, count: 200 };

test("a run without jobs has none", () => {
  using folder = scratch();
  expect([...readJobs(folder.path)]).toEqual([]);
});

describe("a slot", () => {
  test("is intended, on the disk, before anything is submitted", async () => {
    using folder = scratch();
    const journal = await JobsJournal.begin(folder.path, "0.0.0");
    await journal.intend("a1", { key: "k1", facts });
    expect(readJobs(folder.path).get("a1")).toEqual({
      ...{ slot: "a1", key: "k1", facts },
      state: { kind: "intended" },
    });
    await journal.close();
  });

  test("goes through its states, and whoever reads sees the last one", async () => {
    using folder = scratch();
    const journal = await JobsJournal.begin(folder.path, "0.0.0");
    for (const slot of ["a1", "a2", "a3", "a4"]) await journal.intend(slot, { key: `k-${slot}`, facts });
    await journal.submitted("a1", { job: "17", cluster: null });
    await journal.submitted("a2", { job: "18", cluster: "north" });
    await journal.ended("a1", "all tasks have ended");
    await journal.abandoned("a3", "invalid partition");
    const states = () => [...readJobs(folder.path).values()].map(({ state }) => state);
    expect(states()).toEqual([
      { kind: "ended", job: "17", how: "all tasks have ended" },
      { kind: "submitted", job: "18", cluster: "north" },
      { kind: "abandoned", why: "invalid partition" },
      { kind: "intended" },
    ]);
    expect(openSlots(readJobs(folder.path)).map(({ slot }) => slot)).toEqual(["a2", "a4"]);
    expect(states()).toEqual([...journal.slots.values()].map(({ state }) => state));
    await journal.close();
  });

  test("is used once", async () => {
    using folder = scratch();
    const journal = await JobsJournal.begin(folder.path, "0.0.0");
    await journal.intend("a1", { key: "k1", facts });
    await expect(journal.intend("a1", { key: "k2", facts })).rejects.toThrow("a1");
    await journal.close();
  });
});

test("who takes the run over writes into a file of its own, and both are read", async () => {
  using folder = scratch();
  const first = await JobsJournal.begin(folder.path, "0.0.0");
  await first.intend("a1", { key: "k1", facts });
  // Killed in the middle of a line.
  appendFileSync(folder.at("jobs.jsonl"), "0badc0de 31 2 ffff");
  const second = await JobsJournal.begin(folder.path, "0.0.0");
  expect(second.slots.get("a1")?.state.kind).toBe("intended");
  await second.submitted("a1", { job: "17", cluster: null });
  await second.intend("a2", { key: "k2", facts });
  expect([...readJobs(folder.path).keys()]).toEqual(["a1", "a2"]);
  expect(readJobs(folder.path).get("a1")?.state).toEqual({ kind: "submitted", job: "17", cluster: null });
  await Promise.all([first.close(), second.close()]);
});

test("what is not understood is passed over", async () => {
  using folder = scratch();
  const writer = await JournalWriter.create(folder.at("jobs.jsonl"), {
    ...{ format: "pipe-jobs", version: 1, tool: "0", facts: {} },
  });
  for (const body of [
    7,
    { kind: "moved", slot: "a1" },
    { kind: "submitted", slot: "a9", job: "3", cluster: null },
    { kind: "intent", slot: "a2" },
    { kind: "intent", slot: "a1", key: "k", facts: {} },
  ])
    writer.append(body);
  await writer.close();
  expect([...readJobs(folder.path).keys()]).toEqual(["a1"]);
});

test("a newer pipe's jobs are not guessed at", async () => {
  using folder = scratch();
  const writer = await JournalWriter.create(folder.at("jobs.jsonl"), {
    ...{ format: "pipe-jobs", version: 2, tool: "9", facts: {} },
  });
  await writer.close();
  expect(() => readJobs(folder.path)).toThrow(Refusal);
  await expect(JobsJournal.begin(folder.path, "0.0.0")).rejects.toBeInstanceOf(Refusal);
});

test("an empty file, of a writer that died at once, is no obstacle", async () => {
  using folder = scratch();
  writeFileSync(folder.at("jobs.jsonl"), "");
  const journal = await JobsJournal.begin(folder.path, "0.0.0");
  await journal.intend("a1", { key: "k1", facts });
  await journal.close();
  expect(readJobs(folder.path).size).toBe(1);
});
