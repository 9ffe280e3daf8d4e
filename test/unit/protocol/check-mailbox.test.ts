// Words in mailboxes: every kind comes through whole, everything else is refused with what is wrong, and nothing throws.
import { describe, expect, test } from "bun:test";
import { checkFromPilot, checkToPilot } from "../../../src/protocol/check-mailbox.ts";
import { seeded } from "../../support/seeded.ts";

const capacity = { cpus: 4, memory: null, gpus: 1 };
const rules = { capacity, walltime: 3600, maxIdletime: 120, orphanTime: 1800, patience: 1 };
const toPilot: readonly object[] = [
  { kind: "serve", runFolder: "/data/runinfo/000", seed: 5, rules },
  { kind: "serve", runFolder: "/data/runinfo/000", seed: "--seed", rules: { ...rules, walltime: null } },
  { kind: "serve", runFolder: "/data/runinfo/000", seed: null, rules },
  { kind: "run", assignments: [] },
  { kind: "cancel", task: 4, grace: 5 },
  { kind: "finish" },
  { kind: "alive", keep: true },
  { kind: "abandoned" },
];
const fromPilot: readonly object[] = [
  { kind: "hello", protocol: 1, version: "0.1.0", pid: 4, host: "n1", job: "12", capacity, endsIn: 60 },
  { kind: "hello", protocol: 1, version: "0.1.0", pid: 4, host: "n1", job: null, capacity, endsIn: null },
  { kind: "started", task: 1, attempt: 1, at: 5, of: 1, lane: 0 },
  { kind: "results", results: [], of: 1, lane: 3 },
  { kind: "declined", task: 1, attempt: 2, of: 1, why: "it is leaving" },
  {
    ...{ kind: "beat", of: 2, heard: 17, holding: [{ task: 1, attempt: 1 }] },
    ...{ earlier: [{ of: 1, task: 1, attempt: 1 }], free: { bytes: 5, files: null } },
  },
  { kind: "beat", of: 1, heard: 0, holding: [], earlier: [], free: null },
  { kind: "warning", message: "m", hint: null },
  { kind: "unfit", message: "m" },
  ...["idle", "walltime", "finished", "orphaned", "terminated", "unfit"].map((why) => ({
    kind: "leaving",
    why,
  })),
];

for (const [name, check, messages] of [
  ["what a pilot is told", checkToPilot, toPilot],
  ["what a pilot says", checkFromPilot, fromPilot],
] as const) {
  describe(name, () => {
    for (const message of messages) {
      test(`${JSON.stringify(message).slice(0, 60)} comes through`, () => {
        const checked: { kind: string; message?: unknown } = check(JSON.parse(JSON.stringify(message)));
        expect(checked).toEqual({ kind: "good", message });
      });
    }

    test("without any one of its fields, or with another type in it, it is refused, and named", () => {
      for (const message of messages) {
        for (const field of Object.keys(message)) {
          const { [field]: value, ...rest } = message as Record<string, unknown>;
          const isBad = (changed: unknown) => {
            const checked = check(changed);
            // Null, and a seed of the other type, mean something.
            if (checked.kind === "good")
              expect(["seed", "walltime", "job", "endsIn", "free", "hint"]).toContain(field);
            else expect([checked.diagnostic.message, ...checked.diagnostic.notes].join(" ")).not.toBe("");
          };
          isBad(rest);
          for (const other of [undefined, {}, "x", 7, [], true]) {
            if (typeof other !== typeof value || Array.isArray(other) !== Array.isArray(value))
              isBad({ ...rest, [field]: other });
          }
        }
      }
    });

    test("ten thousand messages that were damaged somewhere: none throws", () => {
      const random = seeded(4);
      for (let i = 0; i < 10_000; i++) {
        const text = [...JSON.stringify(random.pick(messages))];
        for (let n = 1 + random.below(3); n > 0; n--)
          text[random.below(text.length)] = random.pick([...'{}[]",:0a']);
        let value: unknown;
        try {
          value = JSON.parse(text.join(""));
        } catch {
          continue;
        }
        expect(["good", "bad"]).toContain(check(value).kind);
      }
      for (const value of [null, undefined, 1, "run", [], [{}], { kind: {} }])
        expect(check(value).kind).toBe("bad");
    });
  });
}
