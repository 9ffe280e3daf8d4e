// The same sources give the same bytes: whoever doubts an executable on a cluster can build it again and compare.
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile } from "../../../build/compile.ts";
import { generate } from "../../../build/embed.ts";
import { places } from "../../../build/places.ts";

mkdirSync(places.dist, { recursive: true });
const folder = mkdtempSync(join(places.dist, ".test-compile-"));
const empty = mkdtempSync(join(tmpdir(), "pipe compile "));
afterAll(() => {
  for (const path of [folder, empty]) rmSync(path, { recursive: true, force: true });
});

const hashOf = (path: string): string => Bun.SHA256.hash(readFileSync(path), "hex");

test("two builds are the same byte for byte, and whole", async () => {
  generate();
  const [one, two] = [join(folder, "one"), join(folder, "another name")];
  await compile(one, { runtime: process.execPath });
  await compile(two, { runtime: process.execPath });
  expect(hashOf(two)).toBe(hashOf(one));
  expect(statSync(one).mode & 0o777).toBe(0o755);
  const ended = Bun.spawnSync([one, "--version"], { cwd: empty, env: {} });
  expect(ended.stdout.toString()).toMatch(/^pipe \d+\.\d+\.\d+/);
  rmSync(one);
}, 60_000);

test("a build that fails leaves no executable and nothing half-done", async () => {
  const path = join(folder, "pipe");
  await expect(compile(path, { runtime: join(folder, "no such bun") })).rejects.toThrow();
  expect(() => statSync(path)).toThrow();
});
