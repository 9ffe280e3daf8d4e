// Whether a pilot stays.
import { describe, expect, test } from "bun:test";
import { seconds } from "../../../src/core/ids.ts";
import { decideLife, endMargin, hasTimeFor, type LifeFacts } from "../../../src/pilot/lifetime.ts";
import type { PilotRules } from "../../../src/protocol/mailbox.ts";
import { seeded } from "../../support/seeded.ts";

const rules: PilotRules = {
  capacity: { cpus: 1, memory: null, gpus: 0 },
  ...{ walltime: seconds(3600), maxIdletime: seconds(120), orphanTime: seconds(1800), patience: 1 },
};
const busy: LifeFacts = {
  ...{ idle: null, unheard: seconds(0), keep: false, left: seconds(3000), nearEnd: false, finished: false },
};
const idle = (span: number, more: Partial<LifeFacts> = {}): LifeFacts => ({
  ...busy,
  idle: seconds(span),
  ...more,
});

describe("cases", () => {
  const stay = { kind: "stay" };
  const leave = (why: string) => ({ kind: "leave", why });
  const cases: readonly [string, LifeFacts, object][] = [
    ["busy", busy, stay],
    ["busy, and its launcher is long gone", { ...busy, unheard: seconds(100_000) }, stay],
    ["busy, and nothing more will come", { ...busy, finished: true }, stay],
    ["busy, and its time is over", { ...busy, left: seconds(45) }, { kind: "end-tasks" }],
    ["idle for a moment", idle(1), stay],
    ["idle for long", idle(120), leave("idle")],
    ["idle for long, and wanted", idle(120, { keep: true }), stay],
    [
      "wanted by a launcher that was not heard of for long",
      idle(200, { keep: true, unheard: seconds(180) }),
      leave("idle"),
    ],
    ["nothing more will come", idle(0, { finished: true }), leave("finished")],
    ["its time is over", idle(0, { left: seconds(44) }), leave("walltime")],
    ["it has declined a task, and may be given a shorter one", idle(9, { nearEnd: true }), stay],
    ["it has declined a task, and nothing shorter has come", idle(10, { nearEnd: true }), leave("walltime")],
    ["no end", idle(1, { left: null }), stay],
  ];
  for (const [name, facts, decision] of cases) {
    test(name, () => expect(decideLife(facts, rules)).toEqual(decision as ReturnType<typeof decideLife>));
  }
  test("nobody was heard of for long, and it may idle for longer than that", () => {
    const patient = { ...rules, maxIdletime: seconds(100_000) };
    expect(decideLife(idle(1700, { unheard: seconds(1800) }), patient)).toEqual({
      kind: "leave",
      why: "orphaned",
    });
  });
});

test("a busy pilot leaves for nothing but the end of its time, and every pilot leaves before that", () => {
  const random = seeded(11);
  for (let i = 0; i < 20_000; i++) {
    const facts: LifeFacts = {
      idle: random.chance(0.5) ? null : seconds(random.next() * 300),
      unheard: seconds(random.next() * 3000),
      ...{ keep: random.chance(0.5), nearEnd: random.chance(0.3), finished: random.chance(0.3) },
      left: random.chance(0.2) ? null : seconds(random.next() * 200),
    };
    const decision = decideLife(facts, rules);
    if (facts.idle === null) expect(decision.kind).not.toBe("leave");
    if (facts.left !== null && facts.left <= endMargin(rules)) expect(decision.kind).not.toBe("stay");
    if (decision.kind === "end-tasks")
      expect(facts.left ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(endMargin(rules));
    const limit = random.chance(0.5) ? null : seconds(random.next() * 300);
    if (facts.left !== null && hasTimeFor(limit, facts.left, rules)) {
      expect((limit ?? 0) + endMargin(rules)).toBeLessThan(facts.left);
    }
  }
});
