// Small steps on a disk that several machines share: a log that is appended to once, a folder that is believed to be absent, what a
// task left brought to the disk.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderRecord } from "../../../src/core/manifest.ts";
import { appendLogged, takeLogged } from "../../../src/rundir/logged.ts";
import { appendOnce } from "../../../src/system/append-once.ts";
import { FileError } from "../../../src/system/file-error.ts";
import { inLateFolder } from "../../../src/system/late-folder.ts";
import { syncLeft } from "../../../src/system/sync-left.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pipe-shared-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (path: string): string => join(folder, path);
const missing = (path: string) => new FileError({ code: "ENOENT", path, operation: "create" });

describe("appending once", () => {
  test("what stands at the end of the file already is not appended again", () => {
    appendOnce(at("log"), "one\n");
    appendOnce(at("log"), "two\nthree\n");
    appendOnce(at("log"), "two\nthree\n");
    appendOnce(at("log"), "one\n");
    expect(readFileSync(at("log"), "utf8")).toBe("one\ntwo\nthree\n");
  });

  test("lines on their way are taken once", () => {
    writeFileSync(at("logged.log"), "a line\n");
    expect(takeLogged(folder)).toEqual({ logged: "a line\n" });
    expect(takeLogged(folder)).toEqual({});
    appendLogged(at("log.log"), "a line\n");
    expect(readdirSync(folder)).toEqual(["log.log"]);
  });
});

describe("a folder that is believed to be absent", () => {
  test("is asked for again when it is there", () => {
    mkdirSync(at("sample"));
    let tries = 0;
    const answer = inLateFolder(at("sample"), () => {
      if (++tries === 1) throw missing(at("sample/file"));
      return "done";
    });
    expect(answer).toBe("done");
  });

  test("is not made again when it is gone, and other errors are other errors", () => {
    expect(() =>
      inLateFolder(at("sample"), () => {
        throw missing(at("sample/file"));
      }),
    ).toThrow("ENOENT");
    expect(readdirSync(folder)).toEqual([]);
    expect(() =>
      inLateFolder(folder, () => {
        throw new FileError({ code: "ENOSPC", path: folder, operation: "create" });
      }),
    ).toThrow("ENOSPC");
  });
});

test("what a task left is synced, whatever it is; what is gone by then is left out", async () => {
  mkdirSync(at("made"));
  writeFileSync(at("made/file"), "text");
  writeFileSync(at("secret"), "text", { mode: 0o200 });
  symlinkSync("nowhere", at("link"));
  const paths = ["made/file", "secret", "link", "gone", "gone/with/folder"];
  const files = [
    folderRecord("made/"),
    folderRecord("gone/"),
    ...paths.map((path) => ({ path, size: 4, modified: 0, sha256: null })),
  ];
  await syncLeft(folder, { files, removed: ["old", "older/one"], found: [] });
  expect(readFileSync(at("made/file"), "utf8")).toBe("text");
});
