// A folder for one test, gone after it; and, where this machine allows it, a disk that is too small.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";

export interface Scratch extends Disposable {
  readonly path: string;
  at(...names: string[]): string;
}

export function scratch(): Scratch {
  const path = mkdtempSync(join(tmpdir(), "pipe-test-"));
  return {
    path,
    at: (...names) => join(path, ...names),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A filesystem of its own with so many bytes and inodes; null where this machine does not let us mount one. */
export function tinyDisk(options: string): Scratch | null {
  const folder = scratch();
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", options, "pipe-test", folder.path]);
  if (mounted.status !== 0) {
    folder[Symbol.dispose]();
    return null;
  }
  return {
    ...folder,
    [Symbol.dispose]: () => {
      const gone = spawnSync("umount", [folder.path], { encoding: "utf8" });
      if (gone.status !== 0) throw new Error(`umount ${folder.path}: ${gone.stderr}`);
      folder[Symbol.dispose]();
    },
  };
}

/** Whether a real full disk can be had here. Says loudly when not, so that nobody takes a skipped test for a passed one. */
export function canMount(): boolean {
  const disk = platform() === "linux" && process.getuid?.() === 0 ? tinyDisk("size=256k") : null;
  if (disk === null) {
    console.error("NOT TESTED HERE: a really full disk (needs root on Linux, to mount a tmpfs)");
    return false;
  }
  disk[Symbol.dispose]();
  return true;
}
