// What counts as the sample before a task, and how one that changed is told from what it was.
import { describe, expect, test } from "bun:test";
import {
  afterTask,
  afterTasks,
  contentDigest,
  contentText,
  freshContent,
  type Left,
} from "../../../src/cache/content.ts";
import { datasetText, walkDataset } from "../../../src/cache/dataset-content.ts";
import { digestOfFresh, isDigest } from "../../../src/cache/digest.ts";
import { oldContent } from "../../../src/cache/old-content.ts";
import type { TaskRecord } from "../../../src/cache/record.ts";
import { recordOf } from "../../../src/cache/remember.ts";
import { sampleChanges } from "../../../src/cache/sample-changes.ts";
import { walkSample, walkShape } from "../../../src/cache/walk.ts";
import { blockName, moment, sampleId } from "../../../src/core/ids.ts";
import type { FileRecord } from "../../../src/core/manifest.ts";
import type { BlockValues } from "../../../src/core/sample.ts";

const id = sampleId(7);
const [a, b, c, d] = ["A_0", "B_0", "C_0", "D_0"].map(blockName) as [never, never, never, never];

const file = (path: string, content: string | null, modified = 1): FileRecord => ({
  path,
  size: 3,
  modified,
  sha256: content,
});

function left(
  block: Left["block"],
  what: Partial<Left> & { config?: BlockValues; statistics?: BlockValues },
): Left {
  const { config = {}, statistics = {}, files = [], removed = [] } = what;
  return { block, changes: { config, statistics }, files, removed };
}

function recordAfter(what: Left, before: string, after: (left: Left) => TaskRecord["after"]): TaskRecord {
  if (!isDigest(before)) throw new Error("no digest");
  const [options] = [digestOfFresh(sampleId(0))];
  return recordOf(
    {
      block: what.block,
      sample: id,
      key: { version: 1, options, code: options, before },
      outcome: { kind: "succeeded" },
      changes: what.changes,
      manifest: { files: what.files, removed: what.removed, found: [] },
      run: "000",
      at: moment(0),
    },
    after,
  );
}

describe("the content of a sample", () => {
  test("on the same path the later task wins, and what was removed is gone", () => {
    const content = afterTasks(id, [
      left(a, { files: [file("x", "1"), file("y", "2"), file("z", "3")] }),
      left(b, { files: [file("y", "22")], removed: ["z"] }),
    ]);
    expect([...content.files]).toEqual([
      ["x", "1"],
      ["y", "22"],
    ]);
  });

  test("what the same block had set earlier is forgotten, also when it sets nothing now", () => {
    const once = afterTask(freshContent(id), left(a, { config: { x: 1, y: 2 }, statistics: { s: 1 } }));
    const again = afterTask(once, left(a, { config: { x: 3 } }));
    expect([...again.config]).toEqual([[a, { x: 3 }]]);
    expect(again.statistics.size).toBe(0);
    expect(contentDigest(afterTask(again, left(a, {})))).toBe(digestOfFresh(id));
  });

  test("has one text, whatever the order in which its parts came", () => {
    const one = afterTasks(id, [
      left(a, { config: { p: 1, q: { r: 1, s: 2 } }, files: [file("x", "1")] }),
      left(b, { statistics: { z: 1 }, files: [file("b", "2")] }),
    ]);
    const other = afterTasks(id, [
      left(b, { statistics: { z: 1 }, files: [file("b", "2")] }),
      left(a, { config: { q: { s: 2, r: 1 }, p: 1 }, files: [file("x", "1")] }),
    ]);
    expect(contentText(one)).toBe(contentText(other));
    expect(contentText(one)).toBe(
      '{"config":{"A_0":{"p":1,"q":{"r":1,"s":2}}},"files":{"b":"2","x":"1"},"id":7,"statistics":{"B_0":{"z":1}}}',
    );
  });

  test("times, sizes and folders do not count; what kind a value is of does", () => {
    const of = (what: Left) => contentDigest(afterTask(freshContent(id), what));
    const base = of(left(a, { files: [file("x", "1", 5)] }));
    expect(of(left(a, { files: [{ ...file("x", "1", 99), size: 8 }, file("made/", "folder")] }))).toBe(base);
    const others = [
      of(left(a, { files: [file("x", "2")] })),
      of(left(a, { files: [file("X", "1")] })),
      of(left(a, { config: { x: "1" } })),
      of(left(a, { config: { x: 1 } })),
      of(left(a, { statistics: { x: 1 } })),
      of(left(b, { config: { x: 1 } })),
      of(left(a, { config: { x: [1] } })),
      contentDigest(afterTask(freshContent(sampleId(8)), left(a, { config: { x: 1 } }))),
    ];
    expect(new Set([base, ...others]).size).toBe(others.length + 1);
  });

  test("a file that nobody could read is at most the same as itself", () => {
    const of = (modified: number) =>
      contentDigest(afterTask(freshContent(id), left(a, { files: [file("x", null, modified)] })));
    expect(of(1)).toBe(of(1));
    expect(of(1)).not.toBe(of(2));
  });

  test("a sample that has nothing yet is known by its ID, and every digest is one", () => {
    expect(contentDigest(freshContent(id))).toBe(digestOfFresh(id));
    expect(isDigest(contentDigest(afterTask(freshContent(id), left(a, { config: { x: 1 } }))))).toBe(true);
    for (const none of ["", "@", "@x", "x".repeat(21), `${"x".repeat(22)}\n`, 5, null])
      expect(isDigest(none)).toBe(false);
  });
});

describe("how a sample differs from what it was", () => {
  test("config, statistics and files by name, old beside new", () => {
    const old = afterTasks(id, [
      left(a, { config: { size: 0.2, gone: true, list: [1, 2] }, files: [file("x", "1"), file("old", "5")] }),
      left(b, { statistics: { "max displacement": 1 } }),
    ]);
    const now = afterTasks(id, [
      left(a, { config: { size: 0.1, list: [1, 3], more: { x: "é" } }, files: [file("x", "2")] }),
      left(b, { statistics: { "max displacement": [1] } }),
      left(c, { files: [file("new", "7")] }),
    ]);
    const changes = sampleChanges({ kind: "content", content: old }, { kind: "content", content: now });
    expect(changes).toEqual([
      { what: "config", path: "A_0.size", old: "0.2", new: "0.1" },
      { what: "config", path: "A_0.list[1]", old: "2", new: "3" },
      { what: "config", path: "A_0.more.x", old: null, new: '"é"' },
      { what: "config", path: "A_0.gone", old: "true", new: null },
      { what: "statistic", path: 'B_0["max displacement"][0]', old: null, new: "1" },
      { what: "statistic", path: 'B_0["max displacement"]', old: "1", new: null },
      { what: "file", path: "x", old: "1", new: "2" },
      { what: "file", path: "new", old: null, new: "7" },
      { what: "file", path: "old", old: "5", new: null },
    ]);
    expect(sampleChanges({ kind: "content", content: old }, { kind: "content", content: old })).toEqual([]);
  });

  test("a pipeline's own info is compared by its fields, also with what pipe itself counts", () => {
    const content = afterTasks(id, [left(a, { config: { size: 1 } })]);
    expect(sampleChanges({ kind: "info", text: '{"a":1}' }, { kind: "info", text: '{"a":2}' })).toEqual([
      { what: "info", path: "a", old: "1", new: "2" },
    ]);
    expect(sampleChanges({ kind: "content", content }, { kind: "info", text: '{"id":7}' })).toEqual([
      { what: "info", path: "config.A_0.size", old: "1", new: null },
      { what: "info", path: "files", old: "{}", new: null },
      { what: "info", path: "statistics", old: "{}", new: null },
    ]);
  });
});

describe("a walk through the blocks", () => {
  const chain = walkShape([a, b, c], [[], [0], [1]]);
  const diamond = walkShape([a, b, c, d], [[], [0], [0], [1, 2]]);

  test("in a chain the digest after one task is the one before the next", () => {
    const walk = walkSample(id, chain);
    expect(walk.before(0)).toBe(digestOfFresh(id));
    expect(walk.before(2)).toEqual({ kind: "unknown", until: [a, b] });
    const record = recordAfter(left(a, { config: { x: 1 } }), digestOfFresh(id), (l) => walk.afterLeft(0, l));
    walk.settle(0, record);
    expect(walk.before(1)).toBe(record.after);
    expect(walk.before(2)).toEqual({ kind: "unknown", until: [b] });
  });

  test("a record that was made of another sample is not believed about what comes after it", () => {
    const walk = walkSample(id, chain);
    const made = left(a, { config: { x: 1 } });
    walk.settle(
      0,
      recordAfter(made, digestOfFresh(id), (l) => walk.afterLeft(0, l)),
    );
    // As a pipeline's own info leaves it standing although the config before it has changed.
    const stands = recordAfter(left(b, { config: { y: 2 } }), digestOfFresh(sampleId(1)), () =>
      digestOfFresh(sampleId(2)),
    );
    walk.settle(1, stands);
    expect(walk.before(2)).toBe(contentDigest(afterTasks(id, [made, left(b, { config: { y: 2 } })])));
  });

  test("siblings do not see each other, and who follows both sees both in the order of the pipeline", () => {
    const walk = walkSample(id, diamond);
    const lefts = [
      left(a, { files: [file("shared", "a"), file("kept", "a")] }),
      left(b, { files: [file("shared", "b"), file("b", "1")], removed: ["kept"] }),
      left(c, { files: [file("shared", "c")] }),
    ] as const;
    lefts.forEach((one, block) => {
      const before = walk.before(block);
      walk.settle(
        block,
        recordAfter(one, typeof before === "string" ? before : "", (l) => walk.afterLeft(block, l)),
      );
    });
    expect(walk.before(2)).toBe(walk.before(1));
    expect([...walk.contentBefore(2).files]).toEqual([...walk.contentBefore(1).files]);
    // What B removed stays removed, though C's sample still had it.
    expect(Object.fromEntries(walk.contentBefore(3).files)).toEqual({ shared: "c", b: "1" });
    expect(walk.before(3)).toBe(contentDigest(afterTasks(id, lefts)));
  });

  test("the end is after all blocks, also where several are last", () => {
    const fork = walkShape([a, b, c], [[], [0], [0]]);
    const walk = walkSample(id, fork);
    const lefts = [a, b, c].map((block, at) => left(block, { config: { at } }));
    lefts.forEach((one, block) => {
      const before = walk.before(block);
      walk.settle(
        block,
        recordAfter(one, typeof before === "string" ? before : "", (l) => walk.afterLeft(block, l)),
      );
    });
    expect(walk.end()).toBe(contentDigest(afterTasks(id, lefts)));
    expect(contentDigest(walk.contentAtEnd())).toBe(walk.end());
    expect(walkSample(id, walkShape([], [])).end()).toBe(digestOfFresh(id));
  });

  test("a task that is settled again changes what follows", () => {
    const walk = walkSample(id, chain);
    const settle = (x: number) =>
      walk.settle(
        0,
        recordAfter(left(a, { config: { x } }), digestOfFresh(id), (l) => walk.afterLeft(0, l)),
      );
    settle(1);
    const before = walk.before(1);
    settle(2);
    expect(walk.before(1)).not.toBe(before);
    settle(1);
    expect(walk.before(1)).toBe(before);
  });

  test("a block that follows a later one makes no shape", () => {
    expect(() => walkShape([a, b], [[1], []])).toThrow(RangeError);
  });
});

describe("the content of a dataset", () => {
  test("is its valid samples as they ended, and the files of dataset blocks before", () => {
    const shape = walkShape([c, d], [[], [0]]);
    const samples = new Map([7, 1].map((n) => [sampleId(n), digestOfFresh(sampleId(n))]));
    const walk = walkDataset(samples, shape);
    expect(walk.before(0)).toBe(walkDataset(new Map([...samples].reverse()), shape).before(0));
    const made = left(c, { files: [file("sheet.png", "5")] });
    const before = walk.before(0);
    walk.settle(
      0,
      recordAfter(made, typeof before === "string" ? before : "", (l) => walk.afterLeft(0, l)),
    );
    expect(datasetText(walk.contentBefore(1))).toBe(
      '{"files":{"sheet.png":"5"},"samples":{"000001":"@1","000007":"@7"}}',
    );
    samples.delete(sampleId(1));
    expect(walkDataset(samples, shape).before(0)).not.toBe(before);
  });
});

describe("a content of long ago", () => {
  const lefts = (x: number): readonly [Left, Left, Left] => [
    left(a, { config: { x } }),
    left(b, { files: [file("b", `b${x}`)] }),
    left(c, { statistics: { x } }),
  ];

  function run(shape: ReturnType<typeof walkShape>, all: readonly Left[]) {
    const walk = walkSample(id, shape);
    const records = all.map((one, block) => {
      const before = walk.before(block);
      const record = recordAfter(one, typeof before === "string" ? before : "", (l) =>
        walk.afterLeft(block, l),
      );
      walk.settle(block, record);
      return record;
    });
    return { walk, records };
  }

  test("is found along the records of then, also of blocks that are gone", () => {
    const { walk, records } = run(walkShape([a, b, c], [[], [0], [1]]), lefts(1));
    const now = run(walkShape([a, b, c], [[], [0], [1]]), lefts(2)).records;
    const known = [now[2], now[1], now[0], ...records].flatMap((record) => record ?? []);
    expect(oldContent(id, known, walk.end())).toEqual(afterTasks(id, lefts(1)));
    expect(oldContent(id, known.slice(0, -3), walk.end())).toBeNull();
  });

  test("is found where several ran side by side", () => {
    const shape = walkShape([a, b, c], [[], [], []]);
    const { walk, records } = run(shape, lefts(1));
    const now = run(shape, lefts(2)).records;
    const known = [...now, ...records].sort((x, y) => (x.block < y.block ? -1 : x.block > y.block ? 1 : 0));
    expect(oldContent(id, known, walk.end())).toEqual(afterTasks(id, lefts(1)));
    expect(oldContent(id, known, digestOfFresh(sampleId(99)))).toBeNull();
  });

  test("a task that left the sample as it was leads round in no circle", () => {
    const shape = walkShape([a, b, c], [[], [0], [1]]);
    const { walk, records } = run(shape, [left(a, {}), left(b, { config: { x: 1 } }), left(c, {})]);
    expect(oldContent(id, records, walk.end())).toEqual(walk.contentAtEnd());
  });
});
