import { expect, test } from "bun:test";
import type { Json } from "../../../src/core/json.ts";
import { readJournal } from "../../../src/journal/recover.ts";
import { scratch } from "../system/scratch.ts";
import { reads } from "./seeded.ts";

const script = Bun.fileURLToPath(new URL("./writer-fixture.ts", import.meta.url));

test("a writer killed before any of its steps has lost nothing that it was told is safe, and the next one goes on", async () => {
  using folder = scratch();
  const expected: Json[] = [];
  let kills = 0;
  for (let step = 1; step < 60; step++) {
    const child = Bun.spawn([process.execPath, script, folder.path], {
      stdout: "pipe",
      env: { ...process.env, PIPE_FAULT_KILL_AT_STEP: String(step) },
    });
    const acknowledged = (await new Response(child.stdout).text()).split("\n").filter((line) => line !== "");
    const status = await child.exited;
    const found: Json[] = [];
    const read = readJournal({ folder: folder.path, stem: "j" }, reads, (record) => found.push(record.body));
    expect(read.kind).toBe("read");
    expect(found.slice(0, expected.length)).toEqual(expected);
    const own = found.slice(expected.length);
    expect(own).toEqual(Array.from({ length: own.length }, (_, i) => i + 1));
    expect(own.length).toBeGreaterThanOrEqual(acknowledged.length);
    // At most the one that was being synced.
    expect(own.length).toBeLessThanOrEqual(acknowledged.length + 1);
    expected.push(...own);
    if (status === 0) {
      expect(acknowledged).toHaveLength(10);
      break;
    }
    expect(child.signalCode).toBe("SIGKILL");
    kills++;
  }
  // create, sync of the folder, header and ten records with a write and a sync each.
  expect(kills).toBe(24);
}, 30_000);
