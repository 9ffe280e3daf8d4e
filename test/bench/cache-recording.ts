// What remembering a task costs the launcher: making its record (the digest of the sample after it) and writing it, with the syncs
// in groups that a run has. Measured alone, in this process, because a whole run does a hundred other things for a task.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCheckpoint } from "../../src/cache/checkpoint.ts";
import { blockKey, keyOf } from "../../src/cache/key.ts";
import { recordOf } from "../../src/cache/remember.ts";
import { walkSample, walkShape } from "../../src/cache/walk.ts";
import { blockName, moment, sampleId } from "../../src/core/ids.ts";

/** Results that come in one message of a worker. */
const batch = 8;

/** Microseconds of processor time per task. */
export async function recordingCost(samples: number, blocks: number): Promise<number> {
  const dataPath = mkdtempSync(join(tmpdir(), "pipe-bench-recording-"));
  mkdirSync(join(dataPath, "runinfo"));
  const order = Array.from({ length: blocks }, (_, index) => blockName(`Simulate_${index}`));
  const shape = walkShape(
    order,
    order.map((_, index) => (index === 0 ? [] : [index - 1])),
  );
  const keys = order.map((name) => blockKey({ options: `{"name":"${name}"}`, code: "[]" }));
  const hash = new Bun.CryptoHasher("sha256");
  const contents = Array.from({ length: 1000 }, (_, index) =>
    hash.copy().update(String(index)).digest("hex"),
  );
  try {
    const checkpoint = await openCheckpoint({ dataPath, tool: "bench", run: "000", order });
    const before = process.cpuUsage();
    for (let number = 0; number < samples; number++) {
      const sample = sampleId(number);
      const walk = walkSample(sample, shape);
      for (const [index, block] of order.entries()) {
        const seen = walk.before(index);
        const key = keys[index];
        if (typeof seen !== "string" || key === undefined)
          throw new Error("nothing is known before the block");
        const at = moment(1_795_468_820_964 + number);
        const file = {
          path: `surface_${index}.obj`,
          size: 12,
          modified: at + 0.123,
          sha256: contents[(number + index) % contents.length] ?? "",
        };
        const record = recordOf(
          {
            ...{ block, sample, key: keyOf(key, seen), outcome: { kind: "succeeded" }, run: "000", at },
            changes: { config: { stiffness: number / 7 }, statistics: { displacement: number / 3 } },
            manifest: { files: [file], removed: [], found: [] },
          },
          (left) => walk.afterLeft(index, left),
        );
        checkpoint.put(record);
        walk.settle(index, record);
      }
      if (number % batch === 0) await new Promise<void>((next) => setImmediate(next));
    }
    await checkpoint.close();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / (samples * blocks);
  } finally {
    rmSync(dataPath, { recursive: true, force: true });
  }
}
