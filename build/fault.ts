// `npm run test:fault`: what is killed, cut, filled and torn hundreds of times. Takes minutes, so it is no part of `npm test`;
// `npm run test:fault -- kill` runs the files whose names hold that word.
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { compileHere } from "./compile.ts";
import { places, root } from "./places.ts";
import { show } from "./program.ts";

const folder = join(places.tests, "fault");
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".fault.ts"))
  .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
  .sort();

if (files.length === 0) {
  console.error(`error: test/fault holds no ${wanted.join(" or ")}`);
  process.exitCode = 2;
} else {
  await compileHere();
  // One after the other: what is killed at random moments of a run must meet a run, not a busy machine.
  for (const name of files) {
    const path = `./${relative(root, join(folder, name))}`;
    const status = await show([process.execPath, "test", "--timeout=3600000", path]);
    if (status !== 0) process.exitCode = 1;
  }
}
