// Which texts a compaction keeps: those that the records that it keeps refer to, and those that these texts refer to. The code of
// every version that a block ever had is nobody's concern.
import { readLine, recordIn } from "./checkpoint-lines.ts";
import { decodeRecord } from "./record-text.ts";
import type { Remembered } from "./remembered.ts";

/** Parsing every record to find out what it refers to would cost more than so many characters. */
const little = 1_000_000;

/** Their lines. */
export function neededTexts(remembered: Remembered): readonly string[] {
  const { texts } = remembered;
  const all = [...texts.values()];
  if (all.reduce((sum, line) => sum + line.length, 0) < little) return all;
  const needed = new Set<string>();
  for (const line of remembered.keptLines()) {
    const about = readLine(line);
    if (about.kind !== "task") continue;
    const decoded = decodeRecord(recordIn(line), { block: about.block, sample: null });
    // Of a record that cannot be read nobody knows what it refers to.
    if (decoded.kind !== "record") return all;
    const { key, accepted } = decoded.record;
    needed.add(key.options);
    needed.add(key.code);
    needed.add(key.before);
    if (accepted !== null) needed.add(accepted.code);
  }
  const kept = new Map<string, string>();
  const open = [...needed];
  for (let of = open.pop(); of !== undefined; of = open.pop()) {
    const line = texts.get(of);
    if (line === undefined || kept.has(of)) continue;
    kept.set(of, line);
    for (const other of texts.keys()) {
      if (!kept.has(other) && line.includes(other)) open.push(other);
    }
  }
  return [...kept.values()];
}
