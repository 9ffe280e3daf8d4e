// What the executable may weigh and how long it may take to start. Both creep: each library costs a little, loaded at the
// top of one file it costs every worker at every start, and nobody notices the day on which it became too much.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bytes; 115 MB with 1 MB = 10^6 bytes. Bun's own runtime is 107.4 of them on linux-x64. */
export const largestSize = 115e6;

/** `pipe --version` against `bun -e 0`, both started anew: median of the ratios of pairs. */
export const slowestStart = 4;

const rounds = 31;

export interface Measured {
  readonly name: string;
  readonly passed: boolean;
  /** For people: what was measured against what. */
  readonly words: string;
}

export function measureSize(executable: string): Measured {
  const size = statSync(executable).size;
  const words = `${(size / 1e6).toFixed(1)} MB (limit ${largestSize / 1e6} MB, 1 MB = 10^6 bytes)`;
  return { name: "size of the executable", passed: size <= largestSize, words };
}

/** Measured again where it seems too slow: a busy machine disturbs once, a slow start is slow every time. */
export function measureStart(executable: string): Measured {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 1; attempt <= 3 && best > slowestStart; attempt++) {
    best = Math.min(best, startRatio(executable));
  }
  const words = `\`pipe --version\` takes ${best.toFixed(2)} times as long as \`bun -e 0\` (limit ${slowestStart})`;
  return { name: "start of the executable", passed: best <= slowestStart, words };
}

/** Pairs taken in turn, first one first, then the other: what else the machine does hits both sides alike. */
function startRatio(executable: string): number {
  const folder = mkdtempSync(join(tmpdir(), "pipe-start-"));
  const ours = () => seconds([executable, "--version"], folder);
  const bare = () => seconds([process.execPath, "-e", "0"], folder);
  try {
    ours(); // the first start reads the file from the disk
    bare();
    const ratios = Array.from({ length: rounds }, (_, round) => {
      if (round % 2 === 0) return ours() / bare();
      const reference = bare();
      return ours() / reference;
    });
    return median(ratios);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function seconds(command: readonly string[], cwd: string): number {
  const before = Bun.nanoseconds();
  const ended = Bun.spawnSync([...command], { cwd, env: {}, stdio: ["ignore", "ignore", "pipe"] });
  if (ended.exitCode !== 0) throw new Error(`\`${command.join(" ")}\` failed: ${ended.stderr.toString()}`);
  return (Bun.nanoseconds() - before) / 1e9;
}

/** Of an odd number of values. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
