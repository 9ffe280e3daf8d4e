import { expect, test } from "bun:test";
import { readdirSync, writeFileSync } from "node:fs";
import { isTemporaryName, readText } from "../../../src/system/durable-file.ts";
import { scratch } from "./scratch.ts";

const script = Bun.fileURLToPath(new URL("./publish-fixture.ts", import.meta.url));

test("killed before any of its steps, publish leaves the old content or the new, and nothing that looks like output", async () => {
  const seen = new Set<string>();
  let step = 1;
  for (; step < 50; step++) {
    using folder = scratch();
    writeFileSync(folder.at("f"), "old");
    const child = Bun.spawn([process.execPath, script, folder.at("f"), "new"], {
      env: { ...process.env, PIPE_FAULT_KILL_AT_STEP: String(step) },
    });
    const status = await child.exited;
    const content = readText(folder.at("f"));
    expect(["old", "new"]).toContain(content);
    seen.add(`${child.signalCode} ${content}`);
    expect(readdirSync(folder.path).filter((name) => !isTemporaryName(name))).toEqual(["f"]);
    if (status === 0) break;
    expect(child.signalCode).toBe("SIGKILL");
  }
  // create, write, sync, rename, sync of the folder: the sixth run is not killed any more.
  expect(step).toBe(6);
  expect([...seen].sort()).toEqual(["SIGKILL new", "SIGKILL old", "null new"]);
});
