// What it costs to remember, and to find that nothing is to be done: 100,000 samples × 3 blocks with one small file each, against
// `find` on the same warm tree in the same run. Printed as a table, written as JSON to .cache/bench/cache.json.
//
// `BENCH_SAMPLES=5000` tries it with fewer; the bars are for 100,000.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type Measured, measure, median } from "../support/measured-process.ts";
import { executable } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";
import { recordingCost } from "./cache-recording.ts";

const many = Number(process.env.BENCH_SAMPLES ?? 100_000);
const few = many / 10;
const pairs = 5;
const blocks = 3;
const result = resolve(import.meta.dir, "../../.cache/bench/cache.json");

const pipeline = `import { writeFileSync } from "node:fs";
import { Pipeline, PipelineBlock, type DataSample } from "pipe";

class Scene extends PipelineBlock {
  run(sample: DataSample) {
    sample.setConfig("stiffness", sample.random.uniform(3e3, 3e4));
    writeFileSync(sample.path + "/scene.json", "{}");
  }
}
class Simulate extends PipelineBlock {
  constructor(readonly options: { maxFrames: number }) { super(); }
  run(sample: DataSample) {
    writeFileSync(sample.path + "/surface.obj", "v 0 0 " + sample.id + "\\n");
    sample.addStatistic("displacement", sample.random.uniform(0, 1));
  }
}
class Measure extends PipelineBlock {
  run(sample: DataSample) {
    writeFileSync(sample.path + "/volume.txt", String(sample.id));
    sample.addStatistic("volume", sample.random.uniform(0, 1));
  }
}
export default new Pipeline().append(new Scene()).append(new Simulate({ maxFrames: 3 })).append(new Measure());
`;

interface Series {
  readonly samples: number;
  readonly first: Measured;
  /** Seconds of each pair. */
  readonly find: readonly number[];
  readonly again: readonly Measured[];
  readonly unverified: readonly Measured[];
  readonly checkpointBytes: number;
}

async function series(samples: number): Promise<Series> {
  const folder = mkdtempSync(join(tmpdir(), "pipe-bench-"));
  const { PATH = "/usr/bin:/bin", HOME = folder } = process.env;
  const env = { PATH, HOME, LANG: "C.UTF-8", NO_COLOR: "1" };
  const dataset = join(folder, "data");
  try {
    writeFileSync(join(folder, "pipeline.ts"), pipeline);
    const start = async (ran: number, ...flags: readonly string[]): Promise<Measured> => {
      const words = ["run", "--run_local", "--quiet", "--json", "--num_samples", String(samples), ...flags];
      const measured = await measure([executable, ...words], { cwd: folder, env });
      const { tasks } = asReport(measured.stdout);
      const expected = { total: samples * blocks, ran, cached: samples * blocks - ran };
      if (tasks.total !== expected.total || tasks.ran !== expected.ran || tasks.cached !== expected.cached) {
        throw new Error(`not what was to be measured: ${JSON.stringify(tasks)}`);
      }
      return measured;
    };
    const findOnce = async (): Promise<number> => {
      const words = `exec find ${dataset} -type f -printf '%s %T@\\n' > /dev/null`;
      return (await measure(["sh", "-c", words], { cwd: folder, env })).seconds;
    };
    const say = (words: string) => console.error(`${samples} samples: ${words}`);
    say("first run");
    const first = await start(samples * blocks);
    say(`${first.seconds.toFixed(1)} s; starts with nothing to do`);
    const checkpointBytes = bytesOf(dataset);
    const find: number[] = [];
    const again: Measured[] = [];
    await findOnce();
    await start(0);
    for (let pair = 0; pair < pairs; pair++) {
      if (pair % 2 === 0) find.push(await findOnce());
      again.push(await start(0));
      if (pair % 2 === 1) find.push(await findOnce());
    }
    const unverified: Measured[] = [];
    for (let turn = 0; turn < pairs; turn++) unverified.push(await start(0, "--verify", "none"));
    return { samples, first, find, again, unverified, checkpointBytes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bytesOf(dataset: string): number {
  const runinfo = join(dataset, "runinfo");
  const names = readdirSync(runinfo).filter((name) => /^checkpoint.*\.jsonl$/.test(name));
  return names.reduce((sum, name) => sum + statSync(join(runinfo, name)).size, 0);
}

interface Bar {
  readonly what: string;
  readonly measured: number;
  readonly unit: string;
  /** It must be below; null: told for the eye only. */
  readonly bar: number | null;
}

function barsOf(small: Series, large: Series, recording: number): readonly Bar[] {
  const ratios = large.again.map(({ seconds }, pair) => seconds / (large.find[pair] ?? Number.NaN));
  const secondsOf = (all: readonly Measured[]) => median(all.map(({ seconds }) => seconds));
  const tasks = large.samples * blocks;
  const nameBytes = ("scene.json".length + "surface.obj".length + "volume.txt".length) / blocks;
  const mega = 1e6;
  const growth = (of: (series: Series) => number) => of(large) / of(small);
  return [
    { what: "start with nothing to do, against find", measured: median(ratios), unit: "×", bar: 3 },
    { what: "start with nothing to do", measured: secondsOf(large.again), unit: "s", bar: null },
    { what: "find", measured: median(large.find), unit: "s", bar: null },
    {
      what: "peak memory of a start with nothing to do",
      measured: Math.max(...large.again.map(({ peakMemory }) => peakMemory)) / mega,
      unit: "MB",
      bar: 600,
    },
    { what: "peak memory of the first run", measured: large.first.peakMemory / mega, unit: "MB", bar: null },
    { what: "start with --verify none", measured: secondsOf(large.unverified), unit: "s", bar: 3 },
    { what: "recording a task, launcher CPU", measured: recording, unit: "µs", bar: 50 },
    {
      what: "all that the launcher does for a task of the first run, CPU",
      measured: (large.first.cpuSeconds / tasks) * 1e6,
      unit: "µs",
      bar: null,
    },
    {
      what: "checkpoint per task, without file names",
      measured: large.checkpointBytes / tasks - nameBytes,
      unit: "B",
      bar: 400,
    },
    {
      what: `growth ${small.samples} → ${large.samples}: start with nothing to do`,
      measured: growth(({ again }) => secondsOf(again)),
      unit: "×",
      bar: 12,
    },
    {
      what: `growth ${small.samples} → ${large.samples}: --verify none`,
      measured: growth(({ unverified }) => secondsOf(unverified)),
      unit: "×",
      bar: 12,
    },
    {
      what: `growth ${small.samples} → ${large.samples}: first run`,
      measured: growth(({ first }) => first.seconds),
      unit: "×",
      bar: 12,
    },
  ];
}

const recording = await recordingCost(many, blocks);
const small = await series(few);
const large = await series(many);
const bars = barsOf(small, large, recording);
const passed = ({ measured, bar }: Bar) => bar === null || measured < bar;
const width = Math.max(...bars.map(({ what }) => what.length));
for (const bar of bars) {
  const value = `${bar.measured.toFixed(2)} ${bar.unit}`.padStart(12);
  const limit = bar.bar === null ? "" : `  bar ${bar.bar} ${bar.unit}${passed(bar) ? "" : "  MISSED"}`;
  console.log(`${bar.what.padEnd(width)}${value}${limit}`);
}
mkdirSync(dirname(result), { recursive: true });
writeFileSync(
  result,
  `${JSON.stringify({ samples: many, blocks, bars, series: [small, large].map(withoutText) }, null, 1)}\n`,
);
console.error(`written to ${result}`);
if (!bars.every(passed)) process.exitCode = 1;

/** The reports that the starts printed are not part of the result. */
function withoutText(one: Series): object {
  const plain = ({ stdout: _text, ...others }: Measured) => others;
  return {
    ...one,
    first: plain(one.first),
    again: one.again.map(plain),
    unverified: one.unverified.map(plain),
  };
}
