// Passed and failed are counted from the report that the test runner writes, and every test file must be in it: a
// `process.exit(0)` in a test, or a file that could not be loaded, otherwise ends as a silent success.

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What is counted as failed although no test in the report says so. */
  readonly complaints: readonly string[];
}

export interface TestRun {
  /** Text of the JUnit report; nothing where none was written. */
  readonly report: string | undefined;
  /** Test files that had to run, as the report names them. */
  readonly files: readonly string[];
  readonly status: number;
}

/** How many tests passed, failed and were skipped; what the report leaves out counts as failed. */
export function countTests(run: TestRun): Counts {
  const { report } = run;
  if (report === undefined) return only("the test runner wrote no report");
  if (!report.trimEnd().endsWith("</testsuites>")) return only("the report of the test runner is cut off");
  const cases = casesIn(report);
  const count = (kind: Case["kind"]) => cases.filter((one) => one.kind === kind).length;
  const reported = new Set(cases.map(({ file }) => file));
  const complaints = run.files
    .filter((file) => !reported.has(file))
    .map((file) => `${file} reported no test`);
  const failed = count("failed") + complaints.length;
  if (run.status !== 0 && failed === 0) complaints.push(`the test runner ended with status ${run.status}`);
  return {
    passed: count("passed"),
    failed: count("failed") + complaints.length,
    skipped: count("skipped"),
    complaints,
  };
}

function only(complaint: string): Counts {
  return { passed: 0, failed: 1, skipped: 0, complaints: [complaint] };
}

interface Case {
  readonly file: string;
  readonly kind: "passed" | "failed" | "skipped";
}

/** `<` and `>` inside of values are escaped by the writer, so a tag ends at the first `>`. */
function casesIn(report: string): readonly Case[] {
  return [...report.matchAll(/<testcase\b([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs)].map(
    ([, attributes = "", inside = ""]) => ({
      file: unescaped(/\bfile="([^"]*)"/.exec(attributes)?.[1] ?? ""),
      kind: /<(?:failure|error)\b/.test(inside) ? "failed" : /<skipped\b/.test(inside) ? "skipped" : "passed",
    }),
  );
}

function unescaped(text: string): string {
  const signs: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (whole, name: string) => signs[name] ?? whole);
}

/** The last line of everything: a build server reads it. */
export function lastLine({ passed, failed, skipped }: Omit<Counts, "complaints">): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}
