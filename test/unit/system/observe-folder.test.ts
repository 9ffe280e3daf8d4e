// Looking at folders before and after: what counts as a change, and what is not looked at.
import { expect, test } from "bun:test";
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
import { type Concerns, difference, observeFolder } from "../../../src/system/observe-folder.ts";
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

test("random histories: new, changed and removed files are exactly those", () => {
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
      for (const name of names) {
        const text = before.get(name);
        if (random.chance(0.5)) continue;
        if (text !== undefined && random.chance(0.5)) {
          rmSync(join(folder, name));
          removed.push(name);
        } else {
          write(name, `${text ?? ""}longer`);
          changed.push(name);
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
