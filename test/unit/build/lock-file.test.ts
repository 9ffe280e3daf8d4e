// One lock file, for npm and bun alike, that installs from whatever registry a machine is set up for.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../build/places.ts";
import { targets } from "../../../build/runtimes.ts";

const read = (name: string): string => readFileSync(join(root, name), "utf8");
const lock = JSON.parse(read("package-lock.json"));
const description = JSON.parse(read("package.json"));

test("there is one lock file, and it names no registry", () => {
  const locks = readdirSync(root).filter((name) =>
    /lock\.json$|\.lockb?$|-lock\.yaml$|shrinkwrap/.test(name),
  );
  expect(locks).toEqual(["package-lock.json"]);
  expect(read("package-lock.json")).not.toContain('"resolved"');
});

test("it belongs to package.json", () => {
  const { dependencies, devDependencies, version, engines } = lock.packages[""];
  expect({ dependencies, devDependencies, version, engines }).toEqual({
    dependencies: description.dependencies,
    devDependencies: description.devDependencies,
    version: description.version,
    engines: description.engines,
  });
});

/** `npm ci` refuses a lock file that leaves out a package for some other kind of machine. */
test("it holds every package for every kind of machine, each with its checksum", () => {
  const missing = Object.entries<{ optionalDependencies?: Record<string, string>; integrity?: string }>(
    lock.packages,
  ).flatMap(([path, entry]) => [
    ...(path !== "" && entry.integrity === undefined ? [`${path} has no checksum`] : []),
    ...Object.keys(entry.optionalDependencies ?? {}).filter(
      (name) => !(`node_modules/${name}` in lock.packages),
    ),
  ]);
  expect(missing).toEqual([]);
});

test("the runtimes that executables are made of are locked in the version that runs this", () => {
  const names = {
    "linux-x64": "linux-x64",
    "linux-arm64": "linux-aarch64",
    "darwin-arm64": "darwin-aarch64",
  };
  expect(targets.map((target) => lock.packages[`node_modules/@oven/bun-${names[target]}`]?.version)).toEqual(
    targets.map(() => Bun.version),
  );
});
