// A test run that looks green and is not costs more than all red ones: the real runner is made to fail in every way
// that it is known to hide, and the counts must say so.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countTests, lastLine } from "../../../build/test-report.ts";

const folder = mkdtempSync(join(tmpdir(), "pipe report "));
beforeAll(() => mkdirSync(join(folder, "test")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const head = `import { describe, expect, test } from "bun:test";\n`;
const fine = `${head}test("a", () => {}); describe("b", () => test("<c> & \\"d\\"", () => {}));\n`;

/** Runs these files as `npm test` would and counts. */
function counted(files: Readonly<Record<string, string>>) {
  rmSync(join(folder, "test"), { recursive: true });
  mkdirSync(join(folder, "test"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, "test", name), text);
  const at = join(folder, "report.xml");
  rmSync(at, { force: true });
  const reporter = ["--reporter=junit", `--reporter-outfile=${at}`];
  const { exitCode } = Bun.spawnSync([process.execPath, "test", "--parallel=2", ...reporter, "./test"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "ignore"],
    env: {},
  });
  const report = existsSync(at) ? readFileSync(at, "utf8") : undefined;
  return countTests({ report, files: Object.keys(files).map((name) => `test/${name}`), status: exitCode });
}

describe("counting what the runner reports", () => {
  test("passed, failed, skipped and yet to be written", () => {
    const mixed = `${head}test("x", () => expect(1).toBe(2)); test.skip("s", () => {}); test.todo("t");\n`;
    const { passed, failed, skipped } = counted({ "a.test.ts": fine, "b.test.ts": mixed });
    expect({ passed, failed, skipped }).toEqual({ passed: 2, failed: 1, skipped: 2 });
  });

  test("a test that ends the process with status 0 is a failure", () => {
    const exits = `${head}test("before", () => {}); test("exits", () => process.exit(0)); test("after", () => {});\n`;
    expect(counted({ "a.test.ts": exits, "b.test.ts": fine }).failed).toBe(1);
    expect(counted({ "a.test.ts": exits }).failed).toBe(1);
  });

  test("a file that cannot be loaded is a failure, and so is one without tests", () => {
    const broken = counted({ "a.test.ts": fine, "b.test.ts": `${head}throw new Error("x");\n` });
    expect(broken).toMatchObject({ passed: 2, failed: 1, complaints: ["test/b.test.ts reported no test"] });
    expect(counted({ "a.test.ts": fine, "b.test.ts": "export {};\n" }).failed).toBe(1);
  });

  test("an exception after the tests is a failure", () => {
    const late = `${head}import { afterAll } from "bun:test"; afterAll(() => { throw new Error("x"); }); test("a", () => {});\n`;
    expect(counted({ "a.test.ts": late }).failed).toBeGreaterThan(0);
  });

  test("a runner that crashes leaves files without a report, and each of them counts", () => {
    const crash = `${head}test("a", () => process.kill(process.pid, "SIGSEGV"));\n`;
    expect(counted({ "a.test.ts": crash }).failed).toBeGreaterThan(0);
  });
});

describe("a report that is not whole", () => {
  const whole = `<testsuites><testcase name="a" file="a.test.ts" /></testsuites>`;

  test("no report is a failure", () => {
    expect(countTests({ report: undefined, files: [], status: 0 })).toMatchObject({ passed: 0, failed: 1 });
  });

  test("cut at any place it is a failure", () => {
    for (let length = 0; length < whole.length; length++) {
      const counts = countTests({ report: whole.slice(0, length), files: ["a.test.ts"], status: 0 });
      expect(counts.failed).toBe(1);
    }
    expect(countTests({ report: whole, files: ["a.test.ts"], status: 0 })).toMatchObject({
      passed: 1,
      failed: 0,
    });
  });

  test("a bad status without a failed test is a failure", () => {
    expect(countTests({ report: whole, files: ["a.test.ts"], status: 1 })).toMatchObject({
      passed: 1,
      failed: 1,
    });
  });
});

test("the last line is plain, and names skipped tests only where there are any", () => {
  expect(lastLine({ passed: 12, failed: 0, skipped: 0 })).toBe("12 passed, 0 failed");
  expect(lastLine({ passed: 12, failed: 1, skipped: 3 })).toBe("12 passed, 1 failed, 3 skipped");
});
