import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { Refusal } from "../../../src/core/diagnostic.ts";
import { beginRun, openDataset } from "../../../src/rundir/create.ts";
import { datasetRefusal } from "../../../src/rundir/dataset-refusal.ts";
import { findRun, listRuns, newestRun, requireRun } from "../../../src/rundir/runs.ts";
import { FileError } from "../../../src/system/file-error.ts";
import { canMount, scratch, tinyDisk } from "../system/scratch.ts";

function refusalOf(act: () => unknown): {
  fault: string;
  code: string;
  message: string;
  hint: string | null;
} {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const [first] = error.diagnostics;
    if (first === undefined) throw new Error("a refusal without a diagnostic");
    return { fault: error.fault, code: first.code, message: first.message, hint: first.hint };
  }
  throw new Error("nothing was refused");
}

describe("a dataset", () => {
  test("is made with its parents, and opened again as it is", () => {
    using folder = scratch();
    const dataPath = folder.at("a", "b");
    openDataset(dataPath);
    openDataset(dataPath);
    expect(readdirSync(dataPath)).toEqual(["runinfo"]);
    expect(readdirSync(folder.at("a", "b", "runinfo"))).toEqual([]);
  });

  test("in the place of a file is the user's mistake", () => {
    using folder = scratch();
    writeFileSync(folder.at("file"), "");
    for (const path of [folder.at("file"), folder.at("file", "below")]) {
      const refusal = refusalOf(() => openDataset(path));
      expect(refusal).toMatchObject({ fault: "user", code: "dataset-not-a-folder" });
      expect(refusal.message).toContain(path);
      expect(refusal.hint).toContain("--data_path");
    }
  });

  test("in a folder of somebody else's is the user's mistake", () => {
    using folder = scratch();
    mkdirSync(folder.at("theirs"));
    chmodSync(folder.at("theirs"), 0o555);
    chmodSync(folder.path, 0o755);
    const script = Bun.fileURLToPath(new URL("./open-dataset-fixture.ts", import.meta.url));
    // Root may write everywhere, so that root has to become somebody else first.
    const asNobody = process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--clear-groups"] : [];
    const [program = "", ...argv] = [...asNobody, process.execPath, script, folder.at("theirs", "data")];
    const ran = spawnSync(program, argv, { encoding: "utf8", env: { ...process.env, HOME: folder.path } });
    expect(ran.stdout).toBe("user dataset-denied");
    chmodSync(folder.at("theirs"), 0o755);
  });

  test("that the system refuses in any way gets words, a hint, and the right one to blame", () => {
    for (const [code, fault, word] of [
      ["EACCES", "user", "dataset-denied"],
      ["EROFS", "user", "dataset-read-only"],
      ["ENAMETOOLONG", "user", "dataset-unusable"],
      ["EDQUOT", "environment", "quota-exceeded"],
      ["ENOSPC", "environment", "disk-full"],
      ["ESTALE", "environment", "dataset-unreachable"],
    ] as const) {
      const error = new FileError({ code, path: "/d/runinfo", operation: "create" });
      const refusal = datasetRefusal("/d", error);
      expect([refusal.fault as string, refusal.diagnostics[0]?.code]).toEqual([fault, word]);
      expect(refusal.diagnostics[0]?.hint).not.toBeNull();
      expect(refusal.diagnostics[0]?.notes.join()).toContain(`${code} at \`/d/runinfo\``);
    }
  });
});

describe.if(canMount())("a dataset on a bad disk", () => {
  test("is refused when the disk is full, has no inodes, or may only be read", () => {
    for (const [options, fill, expected] of [
      ["size=8k", 8192, { fault: "environment", code: "disk-full" }],
      ["size=256k,nr_inodes=3", 0, { fault: "environment", code: "no-inodes" }],
      ["size=256k,ro", null, { fault: "user", code: "dataset-read-only" }],
    ] as const) {
      using disk = tinyDisk(options);
      if (disk === null) throw new Error("no disk");
      if (fill !== null) writeFileSync(disk.at("filler"), new Uint8Array(fill));
      expect(refusalOf(() => openDataset(disk.at("data")))).toMatchObject(expected);
    }
  });
});

describe("runs", () => {
  test("are numbered from 000 on, past 999, and never twice", () => {
    using folder = scratch();
    openDataset(folder.path);
    expect(beginRun(folder.path)).toEqual({ number: 0, name: "000", path: folder.at("runinfo", "000") });
    expect(beginRun(folder.path).name).toBe("001");
    mkdirSync(folder.at("runinfo", "999"));
    mkdirSync(folder.at("runinfo", "bin"));
    expect(beginRun(folder.path).name).toBe("1000");
    expect(beginRun(folder.path).name).toBe("1001");
    expect(listRuns(folder.path).map((run) => run.name)).toEqual(["000", "001", "999", "1000", "1001"]);
    expect(readdirSync(folder.at("runinfo", "1000")).sort()).toEqual(["task_logs", "workers"]);
    expect(newestRun(folder.path)?.name).toBe("1001");
  });

  test("that start together get a number each", async () => {
    using folder = scratch();
    openDataset(folder.path);
    const script = Bun.fileURLToPath(new URL("./begin-run-fixture.ts", import.meta.url));
    const starts = Array.from({ length: 4 }, () =>
      Bun.spawn([process.execPath, script, folder.path, "5"], { stdout: "pipe" }),
    );
    const names = (await Promise.all(starts.map((start) => new Response(start.stdout).text()))).join("");
    const all = names.trim().split("\n").sort();
    expect(all).toEqual(Array.from({ length: 20 }, (_, i) => String(i).padStart(3, "0")));
  });

  test("are found by number, with or without zeros, and as the last one", () => {
    using folder = scratch();
    expect(findRun(folder.path, "last")).toEqual({ kind: "no-runs" });
    expect(refusalOf(() => requireRun(folder.path, "3"))).toMatchObject({ fault: "user", code: "no-runs" });
    openDataset(folder.path);
    for (let i = 0; i < 4; i++) beginRun(folder.path);
    for (const word of ["3", "003", "000003", "last"]) expect(requireRun(folder.path, word).name).toBe("003");
    expect(requireRun(folder.path, "0").name).toBe("000");
    for (const word of ["4", "-1", "3.0", "", "first", "0x3"]) {
      expect(findRun(folder.path, word).kind).toBe("unknown");
    }
    const refusal = refusalOf(() => requireRun(folder.path, "17"));
    expect(refusal).toMatchObject({ fault: "user", code: "unknown-run" });
    expect(refusal.hint).toContain("000 to 003");
  });
});
