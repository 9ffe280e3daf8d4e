// What `pipe doctor` prints: findings in words and as JSON, and how far it is while probes wait.
import { expect, test } from "bun:test";
import { finding } from "../../../src/core/finding.ts";
import { createDoctorProgress } from "../../../src/report/doctor-progress.ts";
import { type DoctorReport, doctorJson, sayDoctor, worst } from "../../../src/report/say-doctor.ts";

const place = { file: "/p/pipe.toml", line: 6, column: 1, text: null, length: 1 };
const report = (...findings: DoctorReport["places"][number]["findings"]): DoctorReport => ({
  ...{ dataset: "/d", pipeline: "/p/pipe.toml", executor: { name: "big", kind: "slurm" } },
  places: [{ name: "partition main (n1)", findings, kept: null, facts: { node: "n1" } }],
});
const say = (of: DoctorReport, detail: "problems" | "all" = "problems") =>
  sayDoctor(of, { colours: false, detail, workingFolder: "/p" });

test("problems with all that is known, what is well in one line", () => {
  const well = finding("x", "ok", "it works", { notes: ["a note"] });
  const bad = finding("y", "fail", "it does not", { notes: ["one", "two\nthree"], hint: "change it", place });
  expect(say(report(well, bad))).toBe(
    [
      "partition main (n1)",
      "  ok    it works",
      "  fail  it does not (pipe.toml:6:1)",
      "          one",
      "          two",
      "          three",
      "        hint: change it",
      "",
      "1 check failed",
    ].join("\n"),
  );
  expect(say(report(well), "all")).toContain("          a note\n");
  expect(say(report(well))).toEndWith("\n\nall is well");
});

test("what nodes print cannot move the cursor", () => {
  expect(say(report(finding("y", "fail", "m", { notes: ["\x1b[2Jgone"] })))).toContain("\\x1b[2Jgone");
});

test("the last line counts, and the worst decides", () => {
  const of = (...verdicts: readonly ("ok" | "warn" | "fail" | "unable")[]) =>
    report(...verdicts.map((verdict) => finding("c", verdict, "m")));
  expect(say(of("warn", "ok"))).toEndWith("all is well, 1 warning");
  expect(say(of("warn", "fail", "unable"))).toEndWith("2 checks failed, 1 warning");
  expect([
    worst(of("ok")),
    worst(of("warn", "ok")),
    worst(of("fail", "warn")),
    worst(of("fail", "unable")),
  ]).toEqual([...["ok", "warn", "fail", "unable"]] as never);
  expect(say({ ...of("ok"), pipeline: null })).toContain("no pipeline here yet");
});

test("as JSON, with what was measured", () => {
  expect(doctorJson(report(finding("y", "fail", "m", { hint: "h", place })))).toEqual({
    ...{ dataset: "/d", pipeline: "/p/pipe.toml", executor: "big", kind: "slurm", verdict: "fail" },
    places: [
      {
        ...{ place: "partition main (n1)", node: "n1", kept: null },
        findings: [
          { code: "y", verdict: "fail", message: "m", notes: [], hint: "h", file: "/p/pipe.toml", line: 6 },
        ],
      },
    ],
  });
});

const waits = {
  kind: "seen",
  job: "7",
  meaning: { kind: "waiting", words: "it waits for free nodes" },
  nodes: "",
} as const;
const runs = { kind: "seen", job: "7", meaning: { kind: "alive" }, nodes: "n1" } as const;

test("progress: a line when something changes", () => {
  let text = "";
  const progress = createDoctorProgress({
    stream: { write: (part) => (text += part) },
    live: false,
    colours: false,
  });
  for (const state of [waits, waits, runs, { kind: "answered", job: "7", node: "n1" } as const]) {
    progress.tell("partition main", state);
  }
  progress.close();
  expect(text).toBe(
    "partition main: job 7 waits: it waits for free nodes\npartition main: job 7 runs on n1\npartition main: job 7 has answered from n1\n",
  );
});

test("progress: on a terminal a line for each probe, gone at the end", () => {
  let text = "";
  const stream = { write: (part: string) => (text += part), columns: 40, rows: 10 };
  const progress = createDoctorProgress({ stream, live: true, colours: false });
  progress.tell("partition main", waits);
  progress.tell("partition gpu", runs);
  expect(text).toContain("partition main: job 7 waits: it waits");
  expect(text).toContain("partition gpu: job 7 runs on n1");
  for (const line of text.split(/\n|\r/)) expect(Bun.stringWidth(line)).toBeLessThan(40);
  progress.close();
  expect(text).toEndWith("\x1b[J");
});
