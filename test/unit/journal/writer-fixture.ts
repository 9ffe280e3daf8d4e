// Begins the next segment of the journal `j` in the folder argv[2], appends ten records, and prints the number of each one that
// it was told is on the disk.
import { beginSegment } from "../../../src/journal/segments.ts";
import { writes } from "./seeded.ts";

const { writer } = await beginSegment({ folder: process.argv[2] ?? "", stem: "j" }, writes);
for (let i = 1; i <= 10; i++) {
  writer.append(i);
  const synced = await writer.sync();
  if (synced.kind === "durable") console.log(synced.seq);
}
await writer.close();
