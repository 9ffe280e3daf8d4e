// `npm run bench`: the comparisons in test/bench, one after the other so that they do not disturb each other. Not part of
// the tests: figures of a busy machine prove nothing.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { compileHere } from "./compile.ts";
import { places } from "./places.ts";
import { show, withOurBun } from "./program.ts";

const folder = join(places.tests, "bench");
const wanted = process.argv.slice(2);
const files = (existsSync(folder) ? readdirSync(folder) : [])
  .filter((name) => name.endsWith(".bench.ts"))
  .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
  .sort();

await compileHere();
if (files.length === 0)
  console.error(`nothing to measure: test/bench holds no ${wanted.join(" or ") || "comparison"} yet`);
for (const name of files) {
  console.error(`\n${name}`);
  const status = await show(withOurBun(join(folder, name)));
  if (status !== 0) process.exitCode = 1;
}
