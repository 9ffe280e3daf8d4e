import { expect, test } from "bun:test";
import type { RunEvent } from "../../../src/core/events.ts";
import { widthOf } from "../../../src/report/columns.ts";
import { renderLive } from "../../../src/report/live-view.ts";
import { createPace } from "../../../src/report/pace.ts";
import { createProgress, type Progress } from "../../../src/report/progress.ts";
import {
  at,
  boom,
  cached,
  ended,
  fails,
  issue,
  other,
  progressOf,
  randomHistory,
  runEnded,
  runStarted,
  sampleEnded,
  started,
} from "./events.ts";

const screen = (now: number, size: { columns?: number; rows?: number; colours?: boolean } = {}) => ({
  columns: 100,
  rows: 24,
  colours: false,
  ...size,
  now: at(now),
});

/** Twenty seconds of a run of 40 samples, one sample a second, then as it is shown. */
function twentySeconds(): { progress: Progress; pace: ReturnType<typeof createPace> } {
  const progress = createProgress();
  const pace = createPace();
  const tell = (event: RunEvent) => {
    progress.apply(event);
    pace.note(progress, event.at);
  };
  tell(runStarted(0, ["RandomScene_0", "Simulate_0"], 40, { datasetBlocks: ["ContactSheet_0"] }));
  for (let sample = 0; sample < 20; sample++) {
    const scene = { block: "RandomScene_0", sample };
    const simulate = { block: "Simulate_0", sample };
    tell(started(sample, scene));
    if (sample < 3) tell(cached(sample, scene));
    else tell(ended(sample + 0.1, scene, { took: 0.1 }));
    if (sample === 9) {
      tell(sampleEnded(sample + 0.1, sample, "issue", 1));
      continue;
    }
    tell(started(sample + 0.1, simulate));
    if (sample === 5) {
      tell(ended(sample + 0.9, simulate, { took: 0.8, outcome: fails(boom("x")) }));
      tell(sampleEnded(sample + 0.9, sample, "failed"));
    } else if (sample !== 12) {
      tell(ended(sample + 1, simulate, { took: 0.9 }));
      tell(sampleEnded(sample + 1, sample, "valid"));
    }
  }
  return { progress, pace };
}

test("the live view on a terminal of 100 columns", () => {
  const { progress, pace } = twentySeconds();
  expect(renderLive(progress, pace, screen(20)).join("\n")).toBe(
    `
run 003 on local   1 failed   20 s, at least 15 s left   1.9 tasks/s
  RandomScene_0   ████████████░░░░░░░░░░░░░  20/40  3 cached
  Simulate_0      ███████████░░░░░░░░░░░░░░  19/40  1 running  1 failed  1 skipped
  ContactSheet_0  ░░░░░░░░░░░░░░░░░░░░░░░░░    0/1
  19 of 40 samples ended: 17 valid, 1 with an issue, 1 failed
  longest: Simulate_0 on sample 000012 (7 s)
`.trim(),
  );
});

test("colours add escape sequences and nothing else", () => {
  const { progress, pace } = twentySeconds();
  const coloured = renderLive(progress, pace, screen(20, { colours: true }));
  expect(coloured.join("")).toContain("\x1b[");
  expect(coloured.map((line) => Bun.stripANSI(line))).toEqual(renderLive(progress, pace, screen(20)));
});

test("a narrow terminal loses the bars and then the ends of lines", () => {
  const { progress, pace } = twentySeconds();
  expect(renderLive(progress, pace, screen(20, { columns: 40 })).join("\n")).toBe(
    `
run 003 on local   1 failed   20 s, at…
  RandomScene_0   20/40  3 cached
  Simulate_0      19/40  1 running  1 …
  ContactSheet_0    0/1
  19 of 40 samples ended: 17 valid, 1 …
  longest: Simulate_0 on sample 000012…
`.trim(),
  );
});

test("more blocks than rows: those at work stay, the others are counted", () => {
  const blocks = Array.from({ length: 30 }, (_, i) => `Step${i}_0`);
  const events = [runStarted(0, blocks, 2)];
  for (const sample of [0, 1]) {
    for (let i = 0; i < 12 + sample * 5; i++) events.push(ended(1, { block: `Step${i}_0`, sample }));
  }
  events.push(started(2, { block: "Step12_0", sample: 0 }), started(2, { block: "Step17_0", sample: 1 }));
  const lines = renderLive(progressOf(events), createPace(), screen(3, { columns: 80, rows: 10 }));
  expect(lines.join("\n")).toBe(
    `
run 003 on local   3 s
  Step12_0  ██████████░░░░░░░░░░  1/2  1 running
  Step13_0  ██████████░░░░░░░░░░  1/2
  Step14_0  ██████████░░░░░░░░░░  1/2
  Step15_0  ██████████░░░░░░░░░░  1/2
  Step16_0  ██████████░░░░░░░░░░  1/2
  Step17_0  ░░░░░░░░░░░░░░░░░░░░  0/2  1 running
  … and 24 more blocks: 12 ended, 12 waiting
  0 of 2 samples ended
`.trim(),
  );
});

test("no line is wider than the terminal and no picture higher, in any state and any size", () => {
  for (let seed = 0; seed < 300; seed++) {
    const { events } = randomHistory(seed);
    const progress = createProgress();
    const pace = createPace();
    const columns = 1 + ((seed * 7) % 120);
    const rows = 1 + (seed % 12);
    for (const event of events) {
      progress.apply(event);
      pace.note(progress, event.at);
      const lines = renderLive(progress, pace, { columns, rows, now: event.at, colours: seed % 2 === 0 });
      expect(lines.length).toBeLessThan(Math.max(rows, 1));
      for (const line of lines) expect(widthOf(line)).toBeLessThan(columns);
    }
  }
});

test("wide and hostile names take the columns that they take", () => {
  const progress = progressOf([
    runStarted(0, ["変形シミュレーション_0", "Clear\x1b[2J_0"], 2, { executor: "slurm\x1b[H" }),
    started(0, { block: "変形シミュレーション_0", sample: 0 }),
  ]);
  const lines = renderLive(progress, createPace(), screen(1, { columns: 60 }));
  expect(lines.join("\n")).toBe(
    `
run 003 on slurm\\x1b[H   1 s
  変形シミュレーション_0  ░░░░░░░░░░░░░░░  0/2  1 running
  Clear\\x1b[2J_0          ░░░░░░░░░░░░░░░  0/2
  0 of 2 samples ended
`.trim(),
  );
});

test("an interrupt is seen until the run has ended", () => {
  const progress = progressOf([
    runStarted(0, ["A_0"], 1),
    started(0, { block: "A_0", sample: 0 }),
    other(1, { kind: "interrupted", how: "finish-running" }),
  ]);
  const last = () => renderLive(progress, createPace(), screen(2)).at(-1);
  expect(last()).toBe("  interrupted: running tasks may finish; Ctrl-C again ends them");
  progress.apply(other(2, { kind: "interrupted", how: "end-now" }));
  expect(last()).toBe("  interrupted: running tasks are being ended");
  progress.apply(runEnded(3, progress, "interrupted"));
  expect(last()).toBe("  0 of 1 sample ended");
});

test("nothing is drawn where there is no room, and a run of no tasks is full", () => {
  expect(renderLive(progressOf([runStarted(0, ["A_0"], 1)]), createPace(), screen(0, { rows: 1 }))).toEqual(
    [],
  );
  expect(
    renderLive(progressOf([runStarted(0, ["A_0"], 0)]), createPace(), screen(0, { columns: 60 })),
  ).toEqual(["run 003 on local   0 s", "  A_0  ███████████████  0/0", "  0 of 0 samples ended"]);
  expect(renderLive(createProgress(), createPace(), screen(0))).toEqual([
    "starting",
    "  0 of 0 samples ended",
  ]);
});

test("skipped tasks are an empty stretch at the end of the bar", () => {
  const progress = progressOf([
    runStarted(0, ["A_0", "B_0"], 2),
    ended(1, { block: "A_0", sample: 0 }),
    ended(1, { block: "B_0", sample: 0 }),
    sampleEnded(1, 0, "valid"),
    ended(1, { block: "A_0", sample: 1 }, { outcome: issue("bad") }),
    sampleEnded(1, 1, "issue", 1),
  ]);
  expect(renderLive(progress, createPace(), screen(2, { columns: 60 }))).toEqual([
    "run 003 on local   2 s",
    "  A_0  ███████████████  2/2  1 issue",
    "  B_0  ███████········  2/2  1 skipped",
    "  2 of 2 samples ended: 1 valid, 1 with an issue",
  ]);
});

test("issues of remembered results are shown as issues", () => {
  const progress = progressOf([
    runStarted(0, ["A_0"], 2),
    cached(0, { block: "A_0", sample: 0 }, issue("bad")),
    sampleEnded(0, 0, "issue"),
  ]);
  expect(renderLive(progress, createPace(), screen(0, { columns: 60 }))[1]).toBe(
    "  A_0  ███████░░░░░░░░  1/2  1 cached  1 issue",
  );
});
