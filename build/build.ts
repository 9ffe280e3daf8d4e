// `npm run build`: dist/pipe for this machine, within its limits; with `--all` one executable for each kind of machine.
import { statSync } from "node:fs";
import { relative } from "node:path";
import { compileFor, compileHere } from "./compile.ts";
import { measureSize, measureStart } from "./limits.ts";
import { root } from "./places.ts";
import { targets } from "./runtimes.ts";

const executable = await compileHere();
const measured = [measureSize(executable), measureStart(executable)];
console.log(`${relative(root, executable)} is ready`);

if (process.argv.includes("--all")) {
  for (const target of targets) {
    const path = await compileFor(target);
    console.log(`${relative(root, path)} is ready (${(statSync(path).size / 1e6).toFixed(1)} MB)`);
    measured.push({ ...measureSize(path), name: `size of ${relative(root, path)}` });
  }
}

for (const { name, passed, words } of measured) {
  if (passed) console.log(`${name}: ${words}`);
  else console.error(`error: ${name}: ${words}`);
}
process.exitCode = measured.every(({ passed }) => passed) ? 0 : 1;
