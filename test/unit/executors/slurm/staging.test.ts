// The executable for the nodes: once for each build, read once, never replaced.
import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refusal } from "../../../../src/core/diagnostic.ts";
import { stage, stageExecutable } from "../../../../src/executors/slurm/jobs/staging.ts";
import { wrongBuild } from "../../../../src/system/own-build.ts";

class Place implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "pipe-staging-"));
  readonly data = join(this.folder, "data");
  readonly bin = join(this.data, "runinfo", "bin");
  readonly source = join(this.folder, "pipe");
  constructor(content = "#!/bin/sh\necho a\n") {
    this.write(content);
  }
  write(content: string): void {
    writeFileSync(`${this.source}.new`, content);
    renameSync(`${this.source}.new`, this.source);
  }
  stage() {
    return stage(this.data, { name: this.source, path: this.source });
  }
  names(): readonly string[] {
    return readdirSync(this.bin).sort();
  }
  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error.diagnostics[0]?.code ?? "";
    throw error;
  }
  return "nothing was refused";
};

describe("staging", () => {
  test("puts the content there under its hash, executable, with the hash beside it", () => {
    using place = new Place();
    const { path, sha256, size, build } = place.stage();
    expect(readFileSync(path, "utf8")).toBe("#!/bin/sh\necho a\n");
    expect(path).toBe(join(place.bin, `pipe-${sha256.slice(0, 16)}`));
    expect({ size, mode: statSync(path).mode & 0o777 }).toEqual({ size: 17, mode: 0o755 });
    expect(Bun.spawnSync(["sha256sum", "--check", `${path}.sha256`], { cwd: place.bin }).exitCode).toBe(0);
    expect(wrongBuild(build, path)).toBeNull();
    expect(wrongBuild(build, place.source)).toContain("another build");
    expect(place.names()).toEqual(["executables.json", `pipe-${build}`, `pipe-${build}.sha256`]);
  });

  test("does nothing the second time", () => {
    using place = new Place();
    const { path } = place.stage();
    const { ino, mtimeMs } = statSync(path);
    expect(place.stage().path).toBe(path);
    expect(statSync(path)).toMatchObject({ ino, mtimeMs });
  });

  test("takes a new build beside the old one", () => {
    using place = new Place();
    const first = place.stage();
    place.write("#!/bin/sh\necho b\n");
    const second = place.stage();
    expect(second.path).not.toBe(first.path);
    expect(readFileSync(first.path, "utf8")).toContain("echo a");
    expect(readFileSync(second.path, "utf8")).toContain("echo b");
    expect(place.names()).toHaveLength(5);
  });

  test("makes up for what a launcher that was killed left out", () => {
    using place = new Place();
    const { path } = place.stage();
    rmSync(`${path}.sha256`);
    rmSync(join(place.bin, "executables.json"));
    chmodSync(path, 0o644);
    expect(place.stage().path).toBe(path);
    expect(statSync(path).mode & 0o777).toBe(0o755);
    expect(place.names()).toContain(`${path.slice(place.bin.length + 1)}.sha256`);
  });

  test("a memory that is broken is none", () => {
    using place = new Place();
    const { path } = place.stage();
    for (const text of ["", "{", '{"format":"pipe-executables","version":1,"files":[{"host":1}]}', "[]"]) {
      writeFileSync(join(place.bin, "executables.json"), text);
      expect(place.stage().path).toBe(path);
    }
  });

  test("refuses a damaged one instead of replacing it", () => {
    using place = new Place();
    const { path } = place.stage();
    writeFileSync(path, "short");
    expect(refusal(() => place.stage())).toBe("staged-damaged");
    writeFileSync(path, "#!/bin/sh\necho X\n");
    rmSync(`${path}.sha256`);
    expect(refusal(() => place.stage())).toBe("staged-damaged");
    expect(readFileSync(path, "utf8")).toBe("#!/bin/sh\necho X\n");
  });

  test("refuses what is no executable of its own", () => {
    using place = new Place();
    expect(refusal(() => stageExecutable(place.data))).toBe("not-compiled");
  });
});
