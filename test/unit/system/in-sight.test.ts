// When a machine sees what another one left: not before, and not for ever.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seconds } from "../../../src/core/ids.ts";
import { type FileRecord, folderRecord } from "../../../src/core/manifest.ts";
import type { Sight } from "../../../src/core/sight.ts";
import { readContentNow } from "../../../src/system/file-content.ts";
import { untilInSight } from "../../../src/system/in-sight.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pipe-sight-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (path: string): string => join(folder, path);

function write(path: string, text: string): FileRecord {
  mkdirSync(join(at(path), ".."), { recursive: true });
  writeFileSync(at(path), text);
  return recordOf(path);
}

function recordOf(path: string): FileRecord {
  const content = readContentNow(at(path));
  if (content === "missing") throw new Error(`nothing lies under ${path}`);
  return { path, ...content };
}

const look = (sight: Partial<Sight>, patience = 0, younger = 60): Promise<string | null> =>
  untilInSight(
    folder,
    { files: [], gone: [], ...sight },
    { patience: seconds(patience), younger: seconds(younger) },
  );

describe("what is in sight", () => {
  test("files, folders and links as they were left, and names that are gone", async () => {
    const file = write("a/b.txt", "text");
    symlinkSync("b.txt", at("a/link"));
    const files = [file, recordOf("a/link"), folderRecord("a/")];
    expect(await look({ files, gone: ["c", "a/none", "x/y/z"] })).toBeNull();
  });

  test("a file that was only touched, and of which the content is known", async () => {
    const file = write("a.txt", "text");
    utimesSync(at("a.txt"), 1, 1);
    expect(await look({ files: [file] })).toBeNull();
    expect(await look({ files: [{ ...file, sha256: null }] })).toBe("a.txt");
  });

  test("a link that nobody has read passes for a file", async () => {
    symlinkSync("nowhere", at("link"));
    const { size, mtimeMs } = lstatSync(at("link"));
    const link = { path: "link", size, modified: mtimeMs, sha256: null };
    expect(await look({ files: [link] })).toBeNull();
  });

  test("not what is missing, of another size, of other content, another kind, or still there", async () => {
    const file = write("a.txt", "text");
    const other = write("b.txt", "TEXT");
    expect(await look({ files: [{ ...file, path: "none" }] })).toBe("none");
    expect(await look({ files: [{ ...file, size: 3 }] })).toBe("a.txt");
    expect(await look({ files: [{ ...other, path: "a.txt", modified: 1 }] })).toBe("a.txt");
    expect(await look({ files: [folderRecord("a.txt/")] })).toBe("a.txt/");
    expect(await look({ gone: ["a.txt"] })).toBe("a.txt");
    unlinkSync(at("b.txt"));
    symlinkSync("a.txt", at("b.txt"));
    expect(await look({ files: [other] })).toBe("b.txt");
  });
});

describe("waiting", () => {
  test("until all of it is seen", async () => {
    const file = write("a.txt", "text");
    unlinkSync(at("a.txt"));
    write("old.txt", "old");
    const waiting = look({ files: [file], gone: ["old.txt"] }, 30);
    await Bun.sleep(60);
    writeFileSync(at("a.txt"), "text");
    await Bun.sleep(60);
    unlinkSync(at("old.txt"));
    expect(await waiting).toBeNull();
  });

  test("a file that somebody else has changed since passes after a while, one that is older never does", async () => {
    const file = write("a.txt", "text");
    expect(
      await look({ files: [{ ...file, size: 9, modified: file.modified - 1000 }] }, 0.2, 0.1),
    ).toBeNull();
    expect(await look({ files: [{ ...file, size: 9, modified: file.modified + 1000 }] }, 0.2, 0.1)).toBe(
      "a.txt",
    );
  });

  test("ends with the signal", async () => {
    const abort = new AbortController();
    const sight = { files: [], gone: ["."] };
    const waiting = untilInSight(folder, sight, {
      ...{ patience: seconds(60), younger: seconds(60), signal: abort.signal },
    });
    await Bun.sleep(30);
    abort.abort();
    expect(await waiting).toBe(".");
  });
});
