import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Scratch, scratch } from "../system/scratch.ts";

const main = resolve(import.meta.dir, "../../../src/main.ts");

const pipeline = `[run]
data_path = "data"
quiet = true
json = true
[[block]]
name = "Mesh"
command = ["true"]
[[block]]
name = "Overview"
scope = "dataset"
command = ["true"]
`;

/** A folder with a pipeline of one block over samples and one over the dataset, and so many samples. */
function project(samples: number): Scratch {
  const folder = scratch();
  writeFileSync(folder.at("pipe.toml"), pipeline);
  for (let id = 0; id < samples; id++) {
    const name = String(id).padStart(6, "0");
    mkdirSync(folder.at("data", name), { recursive: true });
    const state = {
      config: { Mesh_0: { size: id } },
      statistics: { Mesh_0: { cells: id * 2 } },
      issue: null,
    };
    writeFileSync(
      folder.at("data", name, "sample.json"),
      JSON.stringify({
        format: "pipe-sample",
        version: 1,
        id,
        ending: id === 1 ? "failed" : "valid",
        ...state,
      }),
    );
  }
  return folder;
}

function pipe(folder: Scratch, ...args: readonly string[]) {
  const ran = Bun.spawnSync([process.execPath, main, ...args], { cwd: folder.path });
  return { status: ran.exitCode, out: ran.stdout.toString(), error: ran.stderr.toString() };
}

describe("explain", () => {
  test("tells of all tasks, of a block, and of one task; what pipe.toml says of a run's output is not meant", () => {
    using folder = project(3);
    const whole = pipe(folder, "explain");
    expect({ ...whole, out: "" }).toEqual({ status: 0, out: "", error: "" });
    const lines = whole.out.split("\n");
    expect(lines[0]).toBe("3 tasks of Mesh_0: never run [000000 000001 000002]");
    expect(lines[1]).toStartWith("1 of Overview_0: ");
    expect(lines.slice(3)).toEqual(["  hint: `pipe explain Mesh_0 0` says all about one task", ""]);
    expect(pipe(folder, "explain", "Mesh_0", "--samples", "1-2").out.split("\n")[0]).toBe(
      "2 tasks of Mesh_0: never run [000001 000002]",
    );
    expect(pipe(folder, "explain", "Mesh_0", "2").out).toBe(
      "Mesh_0 on sample 000002 will run:\n  never run\n",
    );
    expect(pipe(folder, "explain", "Overview_0").out).toStartWith("Overview_0 on the dataset will run");
    expect(JSON.parse(pipe(folder, "explain", "--json").out)).toMatchObject({
      tasks: { total: 4, remembered: 0 },
    });
    expect(JSON.parse(pipe(folder, "explain", "Mesh_0", "2", "--json").out)).toMatchObject({
      ...{ block: "Mesh_0", sample: 2, decision: "runs", reasons: [{ kind: "never-run" }] },
    });
    expect(pipe(folder, "explain", "--verbose").out).toStartWith(
      "Mesh_0 on sample 000000 will run: never run\n",
    );
    expect(readdirSync(folder.at("data")).sort()).toEqual(["000000", "000001", "000002"]);
  }, 30_000);

  test("refuses blocks and samples that are not there, and choices that exclude each other", () => {
    using folder = project(2);
    const said = (...args: readonly string[]) => {
      const { status, out, error } = pipe(folder, "explain", ...args);
      return [status, out, error.split("\n")[0]];
    };
    expect(said("Mash_0")).toEqual([
      2,
      "",
      "error: `pipe explain` names `Mash_0`, and there is no such block",
    ]);
    expect(said("Mesh_0", "7")).toEqual([2, "", expect.stringContaining("there is no sample 000007 in")]);
    expect(said("Overview_0", "0")).toEqual([
      ...[2, "", "error: `Overview_0` is over the whole dataset, not over one sample"],
    ]);
    expect(said("Mesh_0", "0", "--samples", "1")).toEqual([
      ...[2, "", "error: SAMPLE and `--samples` are both given"],
    ]);
  }, 30_000);
});

describe("a start that runs nothing", () => {
  test("--dry_run says what would run, also of samples that are yet to be made, and makes nothing", () => {
    using folder = project(0);
    const dry = pipe(folder, "run", "--num_samples", "5", "--dry_run", "--no_json", "--no_quiet");
    expect([dry.status, dry.error]).toEqual([0, ""]);
    expect(dry.out).toStartWith("5 tasks of Mesh_0: never run [000000");
    const quiet = pipe(folder, "run", "--num_samples", "5", "--dry_run", "--no_json");
    expect(quiet.out).toMatch(/^\d of 6 tasks will run.*\n$/);
    expect(existsSync(folder.at("data"))).toBe(false);
  }, 30_000);

  test("--statistics_only writes the tables of the valid samples and makes no run", () => {
    using folder = project(3);
    const { status, out } = pipe(folder, "run", "--statistics_only");
    expect(status).toBe(0);
    expect(JSON.parse(out)).toEqual({
      ...{ dataset: folder.at("data"), samples: 3, valid: 2 },
      files: [folder.at("data", "statistics.csv"), folder.at("data", "configs.csv")],
    });
    expect(readFileSync(folder.at("data", "statistics.csv"), "utf8").trimEnd().split("\n")).toHaveLength(3);
    expect(readdirSync(folder.at("data", "runinfo"))).toEqual([]);
    using none = project(0);
    expect(pipe(none, "run", "--statistics_only").status).toBe(2);
    expect(existsSync(none.at("data"))).toBe(false);
  }, 30_000);
});
