// What a checkpoint holds, read from its lines without the room that wrote it: a test that asked the cache what it remembers
// would only hear what the cache believes.
import { seconds } from "../../src/core/ids.ts";
import type { Json } from "../../src/core/json.ts";
import { encodeRecord, firstRecord } from "../../src/journal/frame.ts";
import { JournalReader } from "../../src/journal/reader.ts";
import { listSegments } from "../../src/journal/segments.ts";

/** `Simulate_0 1` for each task with a whole record that nothing after it has taken back. */
export function recordedIn(runinfo: string): ReadonlySet<string> {
  const recorded = new Set<string>();
  for (const { path } of listSegments({ folder: runinfo, stem: "checkpoint" })) {
    const reader = new JournalReader(path, {
      reads: { format: "pipe-checkpoint", version: 1 },
      patience: seconds(0),
    });
    const bodies: Json[] = [];
    const poll = reader.poll(seconds(0), ({ body }) => bodies.push(body));
    if (poll.kind !== "read") continue;
    // Holds all that the segments before it held.
    if (typeof reader.header?.facts.replaces === "number") recorded.clear();
    for (const body of bodies) {
      if (!Array.isArray(body)) continue;
      const [kind, block, sample] = body;
      if (kind === "task") recorded.add(`${block} ${sample}`);
      if (kind === "forget" || kind === "erase") recorded.delete(`${block} ${sample}`);
    }
  }
  return recorded;
}

/** A journal whose header says something else of itself; the checksum is right. */
export function withHeader(bytes: Buffer, change: Record<string, unknown>): Buffer {
  const header = firstRecord(bytes);
  if (header === null || header.seq !== 0) throw new Error("no header");
  const line = encodeRecord({ ...header, json: JSON.stringify({ ...JSON.parse(header.json), ...change }) });
  return Buffer.concat([line, bytes.subarray(bytes.indexOf(0x0a) + 1)]);
}
