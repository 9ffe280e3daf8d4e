// `npm test`: types, style, the executable and its limits, then all tests; one line at the end says how it went.
// `npm test -- FILES` runs only these tests (from source and against the executable), for a quick look.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { relative, sep } from "node:path";
import { checkStyle, checkTypes } from "./checks.ts";
import { compileHere } from "./compile.ts";
import { generate } from "./embed.ts";
import { filesBelow } from "./fingerprint.ts";
import { measureSize, measureStart } from "./limits.ts";
import { places, root } from "./places.ts";
import { show } from "./program.ts";
import { requireSystemPackages } from "./system-packages.ts";
import { type Counts, countTests, lastLine } from "./test-report.ts";

/** After this the tests are ended, and what did not report counts as failed. Build servers give up soon after. */
const longest = 14 * 60_000; // ms

/** For one test that does not say so itself: patience for a busy machine, an end for one that hangs. */
const longestTest = 60_000; // ms

const failures: string[] = [];
let checksPassed = 0;

const chosen = process.argv.slice(2);
if (chosen.length === 0) {
  await check("system packages", () => requireSystemPackages("quick"));
  await check("generated sources", () => void generate());
  await check("types", async () => mustBeZero(await checkTypes()));
  await check("style", async () => mustBeZero(await checkStyle()));
}
await check("executable", async () => void (await compileHere()));
if (chosen.length === 0 && existsSync(places.executable)) {
  for (const measure of [measureSize, measureStart]) {
    await check(measure === measureSize ? "size" : "start", () => {
      const { passed, words } = measure(places.executable);
      if (!passed) throw new Error(words);
      console.error(`  ${words}`);
    });
  }
}

const tests = await runTests(chosen);
for (const complaint of [...failures, ...tests.complaints]) console.error(`failed: ${complaint}`);
const failed = failures.length + tests.failed;
console.log(lastLine({ passed: checksPassed + tests.passed, failed, skipped: tests.skipped }));
process.exitCode = failed === 0 ? 0 : 1;

/** Each counts like a test; the ones after it are made all the same, so that one look shows everything. */
async function check(name: string, work: () => void | Promise<void>): Promise<void> {
  const before = Bun.nanoseconds();
  try {
    await work();
    checksPassed++;
    console.error(`checked: ${name} (${((Bun.nanoseconds() - before) / 1e9).toFixed(1)} s)`);
  } catch (error) {
    failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function mustBeZero(status: number): void {
  if (status !== 0) throw new Error(`status ${status}`);
}

async function runTests(only: readonly string[]): Promise<Counts> {
  mkdirSync(places.cache, { recursive: true });
  rmSync(places.testReport, { force: true });
  const reporter = ["--reporter=junit", `--reporter-outfile=${places.testReport}`];
  const paths = only.length === 0 ? ["./test"] : only;
  const command = [
    process.execPath,
    "test",
    "--parallel=2",
    `--timeout=${longestTest}`,
    ...reporter,
    ...paths,
  ];
  const status = await show(command, { timeout: longest });
  const report = existsSync(places.testReport) ? readFileSync(places.testReport, "utf8") : undefined;
  return countTests({ report, files: only.length === 0 ? testFiles() : [], status });
}

function testFiles(): readonly string[] {
  return filesBelow(places.tests)
    .filter((path) => /\.test\.tsx?$/.test(path))
    .map((path) => relative(root, path).split(sep).join("/"));
}
