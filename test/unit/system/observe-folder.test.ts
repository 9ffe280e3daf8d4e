// Looking at folders before and after: what counts as a change, and what is not looked at.
import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  type Concerns,
  difference,
  observeFolder,
  withContents,
} from "../../../src/system/observe-folder.ts";
import { seeded } from "../../support/seeded.ts";

const everything: Concerns = () => true;

function withFolder(work: (folder: string, write: (name: string, text: string) => void) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "pipe-observe-"));
  try {
    work(folder, (name, text) => {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `a/b/c` → `a/`, `a/b/` */
const foldersOf = (name: string): readonly string[] =>
  [...name.matchAll(/\//g)].map(({ index }) => name.slice(0, index + 1));

test("random histories: new, changed and removed files and folders are exactly those", () => {
  const random = seeded(3);
  const names = ["a", "b.txt", "d/a", "d/e/f", "é ü", "-x", "d/log.log", "10", "9"];
  for (let round = 0; round < 150; round++) {
    withFolder((folder, write) => {
      const before = new Map<string, string>();
      for (const name of names) if (random.chance(0.5)) before.set(name, "x".repeat(random.below(4)));
      for (const [name, text] of before) write(name, text);
      const first = observeFolder(folder, everything);
      expect([...first.keys()].sort()).toEqual([...before.keys()].sort());
      const changed: string[] = [];
      const removed: string[] = [];
      const folders = new Set(first.folders);
      for (const name of names) {
        const text = before.get(name);
        if (random.chance(0.5)) continue;
        if (text !== undefined && random.chance(0.5)) {
          rmSync(join(folder, name));
          removed.push(name);
        } else {
          write(name, `${text ?? ""}longer`);
          changed.push(name);
          for (const made of foldersOf(name)) {
            if (!folders.has(made)) changed.push(made);
            folders.add(made);
          }
        }
      }
      for (const made of ["d/e/", "d/"]) {
        if (!folders.has(made) || !random.chance(0.3)) continue;
        const inside = [...new Set([...before.keys(), ...changed])].filter((name) => name.startsWith(made));
        rmSync(join(folder, made), { recursive: true });
        for (const name of inside) {
          if (changed.includes(name)) changed.splice(changed.indexOf(name), 1);
          if (before.has(name) && !removed.includes(name)) removed.push(name);
        }
        for (const gone of [...folders].filter((name) => name.startsWith(made))) {
          if (first.folders.has(gone)) removed.push(gone);
          else if (changed.includes(gone)) changed.splice(changed.indexOf(gone), 1);
          folders.delete(gone);
        }
      }
      const found = difference(first, observeFolder(folder, everything));
      expect(found.files.map(({ path }) => path)).toEqual(changed.sort());
      expect(found.removed).toEqual(removed.sort());
    });
  }
});

test("what has the same size and time is still seen: replaced by another file, or set back in time", () => {
  withFolder((folder, write) => {
    write("replaced", "aaa");
    write("back", "aaa");
    write("same", "aaa");
    const long = new Date(1e12);
    for (const name of ["replaced", "back"]) utimesSync(join(folder, name), long, long);
    const before = observeFolder(folder, everything);
    write("other", "bbb");
    utimesSync(join(folder, "other"), long, long);
    renameSync(join(folder, "other"), join(folder, "replaced"));
    Bun.sleepSync(10); // past the tick of the filesystem's clock
    write("back", "bbb");
    utimesSync(join(folder, "back"), long, long);
    const { files } = difference(before, observeFolder(folder, everything));
    expect(files.map(({ path }) => path)).toEqual(["back", "replaced"]);
  });
});

test("links are entries and are not followed; pipes and what does not concern us are left out", () => {
  withFolder((folder, write) => {
    write("real/file", "x");
    symlinkSync("real", join(folder, "link"));
    symlinkSync(".", join(folder, "real/round"));
    symlinkSync("/nowhere", join(folder, "broken"));
    Bun.spawnSync(["mkfifo", join(folder, "fifo")]);
    write("skip/inside", "x");
    write("skip.txt", "x");
    write(".nfs0001", "x");
    const listing = observeFolder(folder, (path) => !path.startsWith("skip"));
    expect([...listing.keys()].sort()).toEqual(["broken", "link", "real/file", "real/round"]);
  });
});

test("contents are read: of files, of links the path they name; what cannot be read stays unknown", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pipe-observe-"));
  try {
    const sha256 = (text: string | Uint8Array) => createHash("sha256").update(text).digest("hex");
    const before = observeFolder(folder, everything);
    const contents: Record<string, Uint8Array | string> = { empty: "", small: "abc", "d/ü": "ü" };
    for (const size of [(1 << 20) - 1, 1 << 20, (1 << 20) + 1, 40 << 20]) {
      contents[`size${size}`] = new Uint8Array(size).map((_, at) => (at >> 12) & 255);
    }
    mkdirSync(join(folder, "d"));
    for (const [name, content] of Object.entries(contents)) writeFileSync(join(folder, name), content);
    symlinkSync("small", join(folder, "link"));
    symlinkSync("/nowhere", join(folder, "broken"));
    writeFileSync(join(folder, "gone"), "x");
    writeFileSync(join(folder, "replaced"), "x");
    const manifest = difference(before, observeFolder(folder, everything));
    rmSync(join(folder, "gone"));
    rmSync(join(folder, "replaced"));
    mkdirSync(join(folder, "replaced"));
    let turns = 0;
    const ticking = setInterval(() => turns++, 0);
    const read = await withContents(folder, manifest);
    clearInterval(ticking);
    expect(Object.fromEntries(read.files.map((file) => [file.path, file.sha256]))).toEqual({
      ...Object.fromEntries(Object.entries(contents).map(([name, content]) => [name, sha256(content)])),
      ...{ "d/": "folder", link: `link:${sha256("small")}`, broken: `link:${sha256("/nowhere")}` },
      ...{ gone: null, replaced: null },
    });
    expect(read.files.map(({ path, size, modified }) => ({ path, size, modified }))).toEqual(
      manifest.files.map(({ path, size, modified }) => ({ path, size, modified })),
    );
    // A large file is read in turns with everything else.
    expect(turns).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a folder that is not there is empty; one that may not be read is an error", () => {
  expect(observeFolder("/no/such/folder", everything).size).toBe(0);
  withFolder((folder, write) => {
    write("file", "x");
    expect(() => observeFolder(join(folder, "file"), everything)).toThrow("ENOTDIR");
    if (process.getuid?.() === 0) return;
    mkdirSync(join(folder, "closed"));
    chmodSync(join(folder, "closed"), 0);
    expect(() => observeFolder(folder, everything)).toThrow("EACCES");
  });
});
