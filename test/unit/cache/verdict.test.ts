// Every reason that a verdict can have, with what it says; and what is not even looked at.
import { describe, expect, test } from "bun:test";
import { afterTasks, contentDigest } from "../../../src/cache/content.ts";
import { digestOf } from "../../../src/cache/digest.ts";
import { blockKey, codeText, keyOf, keyVersion, optionsText } from "../../../src/cache/key.ts";
import type { Digest, TaskRecord } from "../../../src/cache/record.ts";
import { accepted } from "../../../src/cache/remember.ts";
import { type JudgeInput, judge, type Verdict } from "../../../src/cache/verdict.ts";
import { walkSample, walkShape } from "../../../src/cache/walk.ts";
import { blockName, moment, sampleId } from "../../../src/core/ids.ts";

const texts = new Map<Digest, string>();

function options(value: unknown): string {
  const text = optionsText({ options: value, seed: 7, environment: {} });
  if (text.kind === "refused") throw new Error(text.path);
  texts.set(digestOf(text.text), text.text);
  return text.text;
}

function code(parts: Readonly<Record<string, string>>): string {
  const text = codeText(Object.entries(parts).map(([name, body]) => ({ name, digest: digestOf(body) })));
  texts.set(digestOf(text), text);
  return text;
}

const scene = (stiffness: number) => {
  const made = { block: blockName("Scene_0"), files: [], removed: [] };
  return afterTasks(sampleId(5), [{ ...made, changes: { config: { stiffness }, statistics: {} } }]);
};

const key = blockKey({
  options: options({ size: 0.2 }),
  code: code({ "class Mesh": "1", "function volume": "1" }),
});
const before = contentDigest(scene(1));

const record: TaskRecord = {
  block: blockName("Mesh_0"),
  sample: sampleId(5),
  key: keyOf(key, before),
  outcome: { kind: "succeeded" },
  changes: { config: {}, statistics: {} },
  files: [{ path: "mesh.obj", size: 1, modified: 1, sha256: "00" }],
  removed: [],
  found: [],
  after: digestOf("after"),
  run: "001",
  at: moment(1),
  accepted: null,
};

/** Fails the test when it is asked for. */
const unasked = (): never => {
  throw new Error("nobody needs to know this");
};

const asRemembered: JudgeInput = {
  remembered: { kind: "record", record },
  policy: { kind: "as-remembered", issues: "stand" },
  block: key,
  before,
  past: { text: unasked, sample: unasked },
  outputs: () => [],
};

const past: JudgeInput["past"] = {
  text: (of) => texts.get(of) ?? null,
  sample: (of) => {
    const content = [1, 2].map(scene).find((one) => contentDigest(one) === of);
    return content === undefined ? null : { kind: "content", content };
  },
};

const verdictOn = (change: Partial<JudgeInput>): Verdict => judge({ ...asRemembered, ...change });
const reasons = (change: Partial<JudgeInput>) => {
  const verdict = verdictOn(change);
  return verdict.kind === "stale" ? verdict.reasons : [];
};
const issue: TaskRecord = { ...record, outcome: { kind: "issue", message: "too thin" } };

describe("a task is done", () => {
  test("when nothing has changed, and then nothing but its files is looked at", () => {
    expect(verdictOn({})).toEqual({ kind: "current", record });
  });

  test("when it ended with an issue, whatever lies there", () => {
    expect(verdictOn({ remembered: { kind: "record", record: issue }, outputs: unasked })).toEqual({
      kind: "current",
      record: issue,
    });
  });

  test("with code that it was accepted for, and with that it was made with", () => {
    const other = { ...key, code: digestOf("other") };
    const taken = accepted(record, other.code, { by: "ada@host", at: moment(9) });
    expect(taken.accepted).toEqual({ by: "ada@host", at: moment(9), code: key.code });
    for (const block of [key, other]) {
      expect(verdictOn({ block, remembered: { kind: "record", record: taken } }).kind).toBe("current");
    }
    expect(accepted(taken, key.code, { by: "x", at: moment(10) })).toEqual(record);
    const third = accepted(taken, digestOf("third"), { by: "bob@host", at: moment(10) });
    expect(third.accepted).toEqual({ by: "bob@host", at: moment(10), code: key.code });
  });
});

describe("a task runs", () => {
  test("because nothing, or nothing readable, is remembered", () => {
    expect(reasons({ remembered: { kind: "nothing" } })).toEqual([{ kind: "never-run" }]);
    expect(reasons({ remembered: { kind: "unreadable", problem: "`at` is no time" } })).toEqual([
      { kind: "record-unreadable", problem: "`at` is no time" },
    ]);
    expect(reasons({ remembered: { kind: "newer", version: 9 } })).toEqual([
      { kind: "record-unreadable", problem: "it has version 9" },
    ]);
  });

  test("because a person said so, and then nothing else is looked at", () => {
    const outputs = unasked;
    expect(reasons({ outputs, policy: { kind: "caching-disabled" } })).toEqual([
      { kind: "caching-disabled" },
    ]);
    for (const follows of [null, blockName("Scene_0")]) {
      expect(reasons({ outputs, policy: { kind: "forced", follows } })).toEqual([
        { kind: "forced", follows },
      ]);
    }
    const retry = { kind: "as-remembered", issues: "retry" } as const;
    expect(reasons({ outputs, policy: retry, remembered: { kind: "record", record: issue } })).toEqual([
      { kind: "issue-retried", message: "too thin" },
    ]);
    expect(verdictOn({ policy: retry }).kind).toBe("current");
  });

  test("because keys are made otherwise now, and then they are not compared", () => {
    const old = {
      ...record,
      key: { ...record.key, version: 0, options: digestOf("x"), code: digestOf("y") },
    };
    expect(reasons({ remembered: { kind: "record", record: old }, outputs: unasked })).toEqual([
      { kind: "key-version", old: 0, new: keyVersion },
    ]);
  });

  test("because options, code and sample changed: all of it is said, old beside new, and no file is looked at", () => {
    const block = blockKey({
      options: options({ size: 0.1, fine: true }),
      code: code({ "class Mesh": "1", "function volume": "2", "const tau": "1" }),
    });
    expect(reasons({ block, before: contentDigest(scene(2)), past, outputs: unasked })).toEqual([
      {
        kind: "options-changed",
        fields: [
          { path: "options.fine", old: null, new: "true" },
          { path: "options.size", old: "0.2", new: "0.1" },
        ],
      },
      {
        kind: "code-changed",
        parts: [
          { name: "const tau", how: "added" },
          { name: "function volume", how: "changed" },
        ],
      },
      {
        kind: "sample-changed",
        fields: [{ what: "config", path: "Scene_0.stiffness", old: "1", new: "2" }],
      },
    ]);
  });

  test("also where nobody knows any more what it was", () => {
    const known = { text: () => null, sample: () => null };
    const block = { ...key, options: digestOf("lost"), code: digestOf("lost") };
    expect(reasons({ block, before: digestOf("lost"), past: known })).toEqual([
      { kind: "options-changed", fields: null },
      { kind: "code-changed", parts: null },
      { kind: "sample-changed", fields: null },
    ]);
    const damaged = { text: () => "{not canonical", sample: () => null };
    expect(reasons({ block, before, past: damaged })).toEqual([
      { kind: "options-changed", fields: null },
      { kind: "code-changed", parts: null },
    ]);
  });

  test("perhaps, because blocks before it run and nobody knows yet what they leave", () => {
    const until = [blockName("Scene_0")];
    expect(reasons({ before: { kind: "unknown", until }, outputs: unasked })).toEqual([
      { kind: "runs-before", blocks: until },
    ]);
    const block = { ...key, code: digestOf("other") };
    expect(reasons({ before: { kind: "unknown", until }, block, past }).map(({ kind }) => kind)).toEqual([
      "code-changed",
      "runs-before",
    ]);
  });

  test("because of its files, by name", () => {
    const wrong = [
      { kind: "output-missing", files: ["mesh.obj"] },
      { kind: "output-replaced", files: [{ path: "x", by: "link" }] },
    ] as const;
    expect(reasons({ outputs: () => wrong })).toEqual([...wrong]);
  });
});

describe("keys", () => {
  test("of this version are made of these texts", () => {
    // Whoever changes one of them: a new number in key.ts, with its line of history.
    const text = optionsText({
      options: { b: [1, new Date(0)], a: undefined },
      seed: "s",
      environment: { B: "2", A: "1" },
    });
    expect({ version: keyVersion, text }).toEqual({
      version: 1,
      text: {
        kind: "text",
        text: '{"environment":{"A":"1","B":"2"},"options":{"a":undefined,"b":[1,Date(1970-01-01T00:00:00.000Z)]},"seed":"s"}',
      },
    });
    const parts = ["b", "a", "a"].map((name, at) => ({ name, digest: digestOf(String(at)) }));
    expect(codeText(parts)).toBe(
      '[["a","1HNeOiZeFu7gP1lxi5tdAw"],["a","a4ayc_80_OGda4BO_1o_V0"],["b","X-zrZv_IbzjZUnhsbWlsec"]]',
    );
    expect(codeText([...parts].reverse())).toBe(codeText(parts));
    expect(contentDigest(scene(1))).toBe(
      digestOf('{"config":{"Scene_0":{"stiffness":1}},"files":{},"id":5,"statistics":{}}'),
    );
    expect(digestOf("text")).toBe("mC2ePrmW9VnmM_TRlN7zdh" as Digest);
  });

  test("an option that cannot be told from another is refused by its path", () => {
    expect(optionsText({ options: { on: { end: () => 1 } }, seed: 0, environment: {} })).toEqual({
      kind: "refused",
      path: "options.on.end",
      problem: "a function",
    });
  });

  test("the seed and the environment count, and are told from options of that name", () => {
    const of = (seed: number, opts: unknown, environment = {}) =>
      optionsText({ options: opts, seed, environment });
    const all = [
      of(1, {}),
      of(2, {}),
      of(1, { seed: 1 }),
      of(1, {}, { A: "1" }),
      of(1, { environment: { A: "1" } }),
    ];
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(all.length);
  });
});

test("300,000 judgements of a warm chain take well under a second of CPU", () => {
  const shape = walkShape(
    [0, 1, 2].map((n) => blockName(`B_${n}`)),
    [[], [0], [1]],
  );
  const records = Array.from({ length: 3 }, (_, at) => ({
    ...record,
    key: keyOf(key, at === 0 ? ("@0" as Digest) : digestOf(`after ${at - 1}`)),
    after: digestOf(`after ${at}`),
  }));
  const judgeAll = (samples: number): number => {
    let current = 0;
    for (let id = 0; id < samples; id++) {
      const walk = walkSample(sampleId(0), shape);
      for (const [at, one] of records.entries()) {
        const verdict = judge({
          ...asRemembered,
          remembered: { kind: "record", record: one },
          before: walk.before(at),
        });
        if (verdict.kind !== "current") continue;
        walk.settle(at, verdict.record);
        current++;
      }
    }
    return current;
  };
  judgeAll(1000);
  const start = process.cpuUsage();
  expect(judgeAll(100_000)).toBe(300_000);
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1e6).toBeLessThan(0.9);
});
