// TMPDIR is set by people and by clusters, also to what cannot be used.
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, isAbsolute, relative } from "node:path";
import { Refusal } from "../../../src/core/diagnostic.ts";
import { makeTemporaryFolder } from "../../../src/run/temporary-folder.ts";
import { scratch } from "../system/scratch.ts";

function withTmpdir<T>(path: string, act: () => T): T {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = path;
  try {
    return act();
  } finally {
    if (before === undefined) Reflect.deleteProperty(process.env, "TMPDIR");
    else process.env.TMPDIR = before;
  }
}

test("a relative TMPDIR gives an absolute folder", () => {
  using place = scratch();
  const made = withTmpdir(relative(process.cwd(), place.path), () => makeTemporaryFolder("bundle"));
  expect(isAbsolute(made.path)).toBe(true);
  expect(dirname(made.path)).toBe(place.path);
  expect(existsSync(made.path)).toBe(true);
  made[Symbol.dispose]();
  expect(existsSync(made.path)).toBe(false);
  expect(process.listenerCount("SIGTERM")).toBe(0);
});

test("a TMPDIR that cannot be used is refused by its name, with what to do", () => {
  using place = scratch();
  const missing = place.at("missing");
  let thrown: unknown;
  try {
    withTmpdir(missing, () => makeTemporaryFolder("bundle"));
  } catch (error) {
    thrown = error;
  }
  const [problem] = thrown instanceof Refusal ? thrown.diagnostics : [];
  expect(problem?.message).toBe(`no temporary folder can be made in \`${missing}\`: ENOENT`);
  expect(problem?.hint).toContain("TMPDIR");
});
