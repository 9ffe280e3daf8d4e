import { describe, expect, test } from "bun:test";
import { attempt, blockName, sampleId, workerId } from "../../../src/core/ids.ts";
import * as layout from "../../../src/rundir/layout.ts";

const simulate = { block: blockName("Simulate_0"), sample: sampleId(42), attempt: attempt(1) };

describe("the names under DATA_PATH", () => {
  test("are those that users were promised", () => {
    const run = layout.runFolder("/d", 3);
    expect([
      layout.sampleRecordPath("/d", sampleId(42)),
      layout.sampleLogPath("/d", sampleId(1_000_000)),
      layout.statisticsCsv("/d"),
      layout.statisticsJson("/d"),
      layout.configsCsv("/d"),
      layout.configsJson("/d"),
      layout.historyPath("/d"),
      layout.binFolder("/d"),
      layout.lockFolder("/d"),
      layout.runRecordPath(run),
      layout.bundlePath(run),
      layout.bundleMapPath(run),
      layout.planPath(run),
      layout.eventsPath(run),
      layout.launcherLogPath(run),
      layout.diffPath(run),
      layout.reportPath(run),
      layout.submitScriptsFolder(run),
      layout.workerLogPath(run, workerId("local")),
      layout.taskLogPath(run, simulate),
      layout.taskLogPath(run, { ...simulate, sample: null, attempt: attempt(2) }),
    ]).toEqual([
      "/d/000042/sample.json",
      "/d/1000000/log.log",
      "/d/statistics.csv",
      "/d/statistics.json",
      "/d/configs.csv",
      "/d/configs.json",
      "/d/history.jsonl",
      "/d/runinfo/bin",
      "/d/runinfo/lock",
      "/d/runinfo/003/run.json",
      "/d/runinfo/003/pipeline.js",
      "/d/runinfo/003/pipeline.js.map",
      "/d/runinfo/003/plan.json",
      "/d/runinfo/003/events.jsonl",
      "/d/runinfo/003/pipe.log",
      "/d/runinfo/003/diff.patch",
      "/d/runinfo/003/report.html",
      "/d/runinfo/003/submit_scripts",
      "/d/runinfo/003/workers/local/worker.log",
      "/d/runinfo/003/task_logs/Simulate_0/000042.1.log",
      "/d/runinfo/003/task_logs/Simulate_0/dataset.2.log",
    ]);
    expect(layout.taskLogName(simulate)).toBe("task_logs/Simulate_0/000042.1.log");
  });

  test("of runs are numbers of three digits at least, and read back", () => {
    for (const [number, name] of [
      [0, "000"],
      [7, "007"],
      [999, "999"],
      [1000, "1000"],
    ] as const) {
      expect(layout.runName(number)).toBe(name);
      expect(layout.parseRunName(name)).toBe(number);
    }
    for (const name of ["7", "07", "0007", "bin", "lock", "", "-01", "1e3", "00 1"]) {
      expect(layout.parseRunName(name)).toBeNull();
    }
  });

  test("of two attempts, blocks or samples never meet", () => {
    const names = new Set<string>();
    for (const block of ["A_0", "A_1", "A", "0", "A_0.000042", "é", "../A"]) {
      for (const sample of [null, sampleId(0), sampleId(42), sampleId(420_000)]) {
        for (const count of [1, 2, 11]) {
          names.add(layout.attemptFolder("/w", { block: blockName(block), sample, attempt: attempt(count) }));
        }
      }
    }
    expect(names.size).toBe(7 * 4 * 3);
  });

  test("from outside cannot leave their folder or hide in it", () => {
    for (const hostile of ["../../etc", "/abs", "a/b", "..", ".", "", ".hidden", "a\nb", "a\0b", "a%2fb"]) {
      const name = layout.fileNameOf(hostile);
      expect(name).toMatch(/^[^./\n\0][^/\n\0]*$/);
      expect(layout.workerFolder("/r", workerId(hostile)).startsWith("/r/workers/")).toBe(true);
    }
    expect(layout.fileNameOf("Simulate_0")).toBe("Simulate_0");
    expect(new Set(["a%2fb", "a/b", "a%2Fb"].map(layout.fileNameOf)).size).toBe(3);
  });

  test("that are ours in a sample's folder are told, however they are spelled", () => {
    for (const name of ["sample.json", "log.log", "Sample.JSON", "./log.log"]) {
      expect(layout.isReservedInSample(name)).toBe(true);
    }
    for (const name of ["sample.jsonl", "sub/sample.json", "mylog.log"]) {
      expect(layout.isReservedInSample(name)).toBe(false);
    }
  });
});
