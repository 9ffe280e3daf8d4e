import { describe, expect, test } from "bun:test";
import { blockName, moment, sampleId } from "../../../src/core/ids.ts";
import type { FieldChange, Reason } from "../../../src/core/reason.ts";
import { sayCodeChange } from "../../../src/report/code-changes.ts";
import {
  explanationJson,
  sayExplanation,
  sayGroupsInOneLine,
  sayOneTask,
  sayTask,
  taskJson,
} from "../../../src/report/explain.ts";
import { oldToNew, oneValue } from "../../../src/report/old-and-new.ts";
import { sayReason } from "../../../src/report/say-verdict.ts";
import type { Reasons, RememberedResult, ToldVerdict } from "../../../src/report/told-verdict.ts";
import { VerdictGroups } from "../../../src/report/verdict-groups.ts";
import { seeded } from "../../support/seeded.ts";

const [mesh, simulate, render] = ["Mesh_0", "Simulate_0", "Render_0"].map(blockName) as [
  ReturnType<typeof blockName>,
  ReturnType<typeof blockName>,
  ReturnType<typeof blockName>,
];
const size: FieldChange = { path: "size", old: "0.2", new: "0.1" };
const option: Reason = { kind: "options-changed", fields: [size] };
const code: Reason = { kind: "code-changed", parts: [{ name: "function step", how: "changed" }] };
const stale = (...reasons: Reasons): ToldVerdict => ({ kind: "stale", reasons });
const done: RememberedResult = {
  ...{ outcome: { kind: "succeeded" }, run: "003", at: moment(Date.UTC(2026, 10, 22, 10, 15)) },
  ...{ files: [1, 2], accepted: null },
};
const current: ToldVerdict = { kind: "current", record: done };

/** One verdict for each block, sample after sample. */
function all(samples: number, verdicts: (sample: number) => readonly ToldVerdict[]): VerdictGroups {
  const groups = new VerdictGroups([mesh, simulate, render]);
  for (let id = 0; id < samples; id++) {
    for (const [i, verdict] of verdicts(id).entries()) {
      const block = [mesh, simulate, render][i] ?? render;
      groups.add({ task: { block, sample: sampleId(id) }, verdict });
    }
  }
  return groups;
}

describe("a reason in one line", () => {
  const said: readonly (readonly [Reason, string])[] = [
    [{ kind: "never-run" }, "never run"],
    [{ kind: "caching-disabled" }, "caching is disabled (--disable_caching)"],
    [{ kind: "forced", follows: null }, "forced (--force_run_blocks)"],
    [{ kind: "forced", follows: mesh }, "forced (it follows Mesh_0 of --force_run_blocks)"],
    [{ kind: "issue-retried", message: "did not converge" }, "its issue is retried (did not converge)"],
    [
      { kind: "record-unreadable", problem: "`key` is not an object" },
      "what is remembered of it cannot be read (`key` is not an object)",
    ],
    [{ kind: "key-version", old: 1, new: 2 }, "remembered by an older pipe (keys of version 1, not 2)"],
    [option, "option size 0.2 → 0.1"],
    [
      {
        kind: "options-changed",
        fields: [size, { path: "a.b[2]", old: null, new: "3" }, { path: "c", old: '"x"', new: null }],
      },
      'options size 0.2 → 0.1, a.b[2] added: 3, c removed (was "x")',
    ],
    [
      { kind: "options-changed", fields: Array.from({ length: 9 }, (_, i) => ({ ...size, path: `o${i}` })) },
      "options o0 0.2 → 0.1, o1 0.2 → 0.1, o2 0.2 → 0.1, o3 0.2 → 0.1, … 9 in all",
    ],
    [{ kind: "options-changed", fields: null }, "options changed (the earlier ones are not kept)"],
    [code, "code changed (function step)"],
    [
      {
        kind: "code-changed",
        parts: [
          { name: "class Simulate", how: "changed" },
          { name: "const limit", how: "added" },
          { name: "./a.py", how: "removed" },
        ],
      },
      "code changed (class Simulate, new: const limit, gone: ./a.py)",
    ],
    [{ kind: "code-changed", parts: null }, "code changed (the earlier code is not kept)"],
    [
      {
        kind: "sample-changed",
        fields: [
          { what: "config", path: "RandomScene_0.stiffness", old: "3000", new: "4000" },
          { what: "statistic", path: "Mesh_0.cells", old: "10", new: "12" },
          { what: "file", path: "mesh.stl", old: "a".repeat(64), new: "b".repeat(64) },
          { what: "info", path: "scene", old: "1", new: "2" },
        ],
      },
      "config RandomScene_0.stiffness 3000 → 4000, statistic Mesh_0.cells 10 → 12, file mesh.stl changed, serializationInfo scene 1 → 2",
    ],
    [
      {
        kind: "sample-changed",
        fields: [
          { what: "sample", path: "000002", old: "AAAAAA", new: "BBBBBB" },
          { what: "sample", path: "000007", old: null, new: "CCCCCC" },
          { what: "file", path: "sheet.png", old: "a".repeat(64), new: null },
        ],
      },
      "sample 000002 changed, sample 000007 is new, file sheet.png is gone",
    ],
    [{ kind: "sample-changed", fields: null }, "the sample before it changed (what it was is not kept)"],
    [{ kind: "runs-before", blocks: [mesh] }, "Mesh_0 runs before it"],
    [{ kind: "runs-before", blocks: [mesh, simulate] }, "Mesh_0, Simulate_0 run before it"],
    [{ kind: "output-missing", files: ["a.stl", "b.stl"] }, "output missing (a.stl, b.stl)"],
    [{ kind: "output-changed", files: ["a", "b", "c", "d", "e"] }, "output changed (a, b, c, d, … 5 in all)"],
    [
      { kind: "output-replaced", files: [{ path: "a.stl", by: "link" }] },
      "output replaced by a link (a.stl)",
    ],
    [
      {
        kind: "output-replaced",
        files: [
          { path: "a", by: "folder" },
          { path: "b", by: "other" },
        ],
      },
      "output replaced (a, b)",
    ],
    [{ kind: "output-missing", files: ["a\x1b[2J\n.stl"] }, "output missing (a\\x1b[2J\\n.stl)"],
  ];
  for (const [reason, words] of said) test(words, () => expect(sayReason(reason)).toBe(words));
});

describe("two values beside each other", () => {
  test("are whole where they are short", () => {
    expect(oldToNew('"fine"', '"coarse"')).toBe('"fine" → "coarse"');
    expect(oldToNew(null, "3")).toBe("added: 3");
    expect(oldToNew("3", null)).toBe("removed (was 3)");
  });

  test("are cut to where they differ", () => {
    const list = (changed: number) =>
      `[${Array.from({ length: 400 }, (_, i) => (i === 200 ? changed : i)).join(", ")}]`;
    expect(oldToNew(list(200), list(-7))).toBe(
      "…, 198, 199, 200, 201, 202, … → …, 198, 199, -7, 201, 202, …",
    );
    expect(oldToNew(`${"a".repeat(100)}1`, `${"a".repeat(100)}`)).toBe("…aaaaaaaaaaaa1 → …aaaaaaaaaaaa");
    expect(oldToNew("b".repeat(90), "c".repeat(90))).toBe(
      `${"b".repeat(18)}…${"b".repeat(18)} → ${"c".repeat(18)}…${"c".repeat(18)}`,
    );
  });

  test("that would look the same on a screen are told by their characters' numbers", () => {
    expect(oldToNew("caf\u00e9", "cafe\u0301")).toBe("caf\\u{e9} → cafe\\u{301}");
    expect(oldToNew("a b", "a\u00a0b")).toBe("a b → a\\u{a0}b");
    expect(oldToNew("a", "a\u200b")).toBe("a → a\\u{200b}");
    expect(oldToNew("\x1b[31mred", "red")).toBe("\\x1b[31mred → red");
    expect(oldToNew("ä", "ö")).toBe("ä → ö");
  });

  test("whatever they are: differ where they differ, are bounded, printable and have no half characters", () => {
    const random = seeded(7);
    const pool = ["a", "b", "0", ",", "😀", "😁", "é", "\n", "\x1b", "\u202e", " ", "\ud83d"];
    const text = (length: number) =>
      Array.from({ length: random.below(length) }, () => random.pick(pool)).join("");
    for (let i = 0; i < 3000; i++) {
      const [start, end] = [text(80), text(80)];
      const old = start + text(60) + end;
      const now = start + text(60) + end;
      const [shownOld, shownNew, ...rest] = oldToNew(old, now).split(" → ");
      expect(rest).toEqual([]);
      if (old !== now) expect([old, now, shownOld]).not.toEqual([old, now, shownNew ?? ""]);
      for (const shown of [shownOld ?? "", shownNew ?? "", oneValue(old)]) {
        expect(shown).not.toMatch(/[\x00-\x1f\u202e]/);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown.length).toBeLessThan(700);
      }
    }
  });
});

describe("one task", () => {
  const task = { block: simulate, sample: sampleId(42) };

  test("that runs is told field by field", () => {
    const verdict = stale(
      option,
      code,
      {
        kind: "sample-changed",
        fields: [{ what: "file", path: "mesh.stl", old: "0123456789abcdef", new: "fedcba9876543210" }],
      },
      { kind: "output-missing", files: ["surface_f3.stl"] },
      { kind: "output-replaced", files: [{ path: "b", by: "file" }] },
    );
    expect(sayOneTask({ task, verdict })).toBe(
      [
        "Simulate_0 on sample 000042 will run:",
        "  option size            0.2 → 0.1",
        "  code of function step  changed",
        "  file mesh.stl          changed (sha256 0123456789ab → fedcba987654)",
        "  output surface_f3.stl  missing",
        "  output b               replaced by another file",
      ].join("\n"),
    );
    expect(sayTask({ task, verdict: stale(option, { kind: "never-run" }) })).toBe(
      "Simulate_0 on sample 000042 will run: option size 0.2 → 0.1; never run",
    );
    expect(taskJson({ task, verdict: stale(option) })).toEqual({
      ...{ block: "Simulate_0", sample: 42, decision: "runs" },
      message: "will run: option size 0.2 → 0.1",
      reasons: [{ kind: "options-changed", fields: [{ path: "size", old: "0.2", new: "0.1" }] }],
      ...{ blocks: [], remembered: null },
    });
  });

  test("that does not run is told with what is remembered of it", () => {
    expect(sayOneTask({ task, verdict: current })).toBe(
      [
        "Simulate_0 on sample 000042 will not run: its result of run 003 is remembered",
        "  its options, its code, the sample before it and its 2 files are as they were on 2026-11-22 10:15:00 UTC",
      ].join("\n"),
    );
    const issue: ToldVerdict = {
      kind: "current",
      record: {
        ...{ ...done, outcome: { kind: "issue", message: "did not\nconverge" } },
        accepted: { by: "eva@node3", at: moment(Date.UTC(2026, 10, 23)) },
      },
    };
    expect(sayOneTask({ task, verdict: issue })).toBe(
      [
        "Simulate_0 on sample 000042 will not run: its issue of run 003 stands: did not\\nconverge",
        "  its options, its code, the sample before it and its 2 files are as they were on 2026-11-22 10:15:00 UTC",
        "  its code was another one then; eva@node3 accepted the result on 2026-11-23 (--accept_code)",
        "  `--retry_issues` runs it again",
      ].join("\n"),
    );
    expect(taskJson({ task, verdict: issue })).toMatchObject({
      decision: "issue-stands",
      remembered: { run: "003", outcome: "issue", issue: "did not\nconverge", accepted: { by: "eva@node3" } },
    });
  });

  test("that depends on others, or may not run, says on whom and why", () => {
    const said = (verdict: ToldVerdict) => sayOneTask({ task, verdict });
    expect(said({ kind: "after-stale", of: mesh })).toBe(
      "Simulate_0 on sample 000042 will run only if what Mesh_0 leaves is different",
    );
    const waiting = stale({ kind: "runs-before", blocks: [mesh] });
    expect(said(waiting)).toBe(said({ kind: "after-stale", of: mesh }));
    expect(taskJson({ task, verdict: waiting })).toMatchObject({
      ...{ decision: "may-run", reasons: [], blocks: ["Mesh_0"] },
    });
    expect(said({ kind: "not-retried", reasons: [option] })).toBe(
      "Simulate_0 on sample 000042 would have to run:\n  option size  0.2 → 0.1\nbut its sample stops there (--do_not_retry_blocks)",
    );
    expect(said({ kind: "not-reached", of: mesh, why: "issue" })).toBe(
      "Simulate_0 on sample 000042 will not run: the issue of Mesh_0 stands",
    );
    expect(sayOneTask({ task: { block: render, sample: null }, verdict: stale({ kind: "never-run" }) })).toBe(
      "Render_0 on the dataset will run:\n  never run",
    );
  });
});

describe("all tasks", () => {
  const missing = (file: string): ToldVerdict => stale({ kind: "output-missing", files: [file] });
  const told = (groups: VerdictGroups) => sayExplanation(groups, { colours: false, flags: [] });

  test("are grouped by what they have in common", () => {
    const groups = all(1500, (id) => [
      stale(option),
      id < 290 ? missing(id < 200 ? "surface_f3.stl" : `surface_f${id}.stl`) : current,
      { kind: "after-stale", of: simulate },
    ]);
    expect(told(groups)).toBe(
      [
        "1,500 tasks of Mesh_0: option size 0.2 → 0.1",
        "  290 of Simulate_0: output missing (surface_f3.stl, surface_f200.stl, surface_f201.stl, …)",
        "1,500 of Render_0: only if what Simulate_0 leaves is different",
        "1,790 of 4,500 tasks will run, 1,500 may have to, 1,210 are remembered",
        "  hint: `pipe explain Mesh_0 0` says all about one task",
      ].join("\n"),
    );
    expect(sayGroupsInOneLine(groups.groups().slice(0, 2))).toBe(
      "1,500 tasks of Mesh_0: option size 0.2 → 0.1 · 290 of Simulate_0: output missing (surface_f3.stl, surface_f200.stl, surface_f201.stl, …)",
    );
    expect(explanationJson(groups)).toMatchObject({
      tasks: { total: 4500, will_run: 1790, may_run: 1500, remembered: 1210 },
      blocks: [
        { name: "Mesh_0", total: 1500, will_run: 1500 },
        { name: "Simulate_0", will_run: 290, remembered: 1210 },
        { name: "Render_0", may_run: 1500 },
      ],
      groups: [
        { block: "Mesh_0", decision: "runs", tasks: 1500, reasons: [{ ...option, varies: false }] },
        {
          ...{ block: "Simulate_0", tasks: 290, samples: [0, 1, 2, 3, 4, 5, 6, 7] },
          reasons: [{ kind: "output-missing", files: ["surface_f3.stl"], varies: true }],
        },
        { block: "Render_0", decision: "may-run", blocks: ["Simulate_0"], reasons: [] },
      ],
    });
  });

  test("that stand are only counted", () => {
    expect(told(all(12, () => [current, current]))).toBe("nothing to run: all 24 tasks are remembered");
    expect(told(all(0, () => []))).toBe("no tasks");
    const issue: ToldVerdict = {
      kind: "current",
      record: { ...done, outcome: { kind: "issue", message: "no" } },
    };
    expect(told(all(2, (id) => [id === 0 ? current : issue]))).toBe(
      "nothing to run: all 2 tasks are remembered (1 with an issue; `--retry_issues` runs those again)",
    );
  });

  test("whose values differ are one group with one of them; few samples are named", () => {
    const stiffness = (id: number): Reason => ({
      kind: "sample-changed",
      fields: [
        { what: "config", path: "Scene_0.stiffness", old: `${id}`, new: `${id + 1}` },
        { what: "file", path: `f${id}.stl`, old: "a", new: "b" },
      ],
    });
    const groups = all(5, (id) => [
      stale(stiffness(id)),
      id === 3 ? { kind: "not-retried", reasons: [option] } : current,
    ]);
    expect(told(groups)).toBe(
      [
        "5 tasks of Mesh_0: config Scene_0.stiffness changed (0 → 1, …), file changed (f0.stl, f1.stl, f2.stl, …) [000000 000001 000002 000003 000004]",
        "1 of Simulate_0: its sample stops there (--do_not_retry_blocks): option size 0.2 → 0.1 [000003]",
        "5 of 10 tasks will run, 1 will not be reached, 4 are remembered",
        "  hint: `pipe explain Mesh_0 0` says all about one task",
      ].join("\n"),
    );
  });

  test("never make more groups than can be read, and none is lost", () => {
    const groups = all(1000, (id) => [
      stale({ kind: "options-changed", fields: [{ path: `o${id}`, old: "1", new: "2" }] }),
    ]);
    const found = groups.groups();
    expect(found.length).toBeLessThanOrEqual(51);
    expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
    expect(told(groups).split("\n")[0]).toBe("950 tasks of Mesh_0: for various other reasons");
  });

  test("of a hundred thousand samples take less than a few microseconds each", () => {
    const verdicts = [stale(option), missing("a.stl"), { kind: "after-stale", of: simulate } as const];
    const before = process.cpuUsage();
    all(100_000, () => verdicts);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 300_000).toBeLessThan(15);
  });
});

describe("a change of code", () => {
  const cost = (samples: number, verdicts: (id: number) => readonly ToldVerdict[]) =>
    all(samples, verdicts)
      .codeChanges()
      .map((change) => Object.values(sayCodeChange(change)).join(" | "));

  test("is told with its cost and how to avoid it", () => {
    expect(cost(1500, () => [current, stale(code), current])).toEqual([
      "code of Simulate_0 changed (function step): 1,500 tasks will run again | `--accept_code Simulate_0` keeps the old results",
    ]);
  });

  test("counts what may follow, and what runs for other reasons too", () => {
    const before = (...blocks: (typeof mesh)[]): Reason => ({ kind: "runs-before", blocks });
    expect(
      cost(10, (id) => [
        id < 4 ? stale(code, option) : stale(code),
        stale(before(mesh)),
        { kind: "after-stale", of: simulate },
      ]),
    ).toEqual([
      "code of Mesh_0 changed (function step): 10 tasks will run again, and up to 12 behind them | `--accept_code Mesh_0` keeps the old results of 6 of them",
    ]);
    expect(cost(3, () => [stale(code), stale(code, before(mesh)), stale(before(simulate))])).toEqual([
      "code of Mesh_0 changed (function step): 3 tasks will run again | `--accept_code Mesh_0` keeps the old results",
      "code of Simulate_0 changed (function step): 3 tasks will run again, and up to 3 behind them | `--accept_code Simulate_0` keeps the old results",
    ]);
  });

  test("that costs nothing of its own is not told", () => {
    expect(cost(3, () => [stale(code, { kind: "never-run" })])).toEqual([]);
    expect(cost(3, () => [current])).toEqual([]);
  });
});
