// Two commands started together must not install into one folder, and a killed one must not block the next for ever.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withLock } from "../../../build/lock.mjs";

async function inFolder(work: (path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pipe lock "));
  try {
    await work(join(folder, "a.lock"));
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const longAgo = new Date(Date.now() - 3_600_000);

describe("withLock", () => {
  test("one at a time, and everybody in the end", () =>
    inFolder(async (path) => {
      let inside = 0;
      let done = 0;
      const one = () =>
        withLock(path, async () => {
          expect(++inside).toBe(1);
          await Bun.sleep(1); // somewhere for the others to come in, if they can
          inside--;
          done++;
        });
      await Promise.all(Array.from({ length: 5 }, one));
      expect(done).toBe(5);
    }));

  test("what the work gives is given, what it throws is thrown, and the lock is gone either way", () =>
    inFolder(async (path) => {
      expect(await withLock(path, async () => 7)).toBe(7);
      const failing = withLock(path, () => Promise.reject(new Error("no disk")));
      await expect(failing).rejects.toThrow("no disk");
      expect(existsSync(path)).toBe(false);
    }));

  test("a lock whose holder is dead is taken over", () =>
    inFolder(async (path) => {
      const dead = Bun.spawn([process.execPath, "-e", "0"]);
      await dead.exited;
      writeFileSync(path, `${dead.pid} nonce\n`);
      expect(await withLock(path, async () => "mine")).toBe("mine");
    }));

  test("a silent lock is taken over even if its process number lives again", () =>
    inFolder(async (path) => {
      writeFileSync(path, `${process.pid} nonce\n`);
      utimesSync(path, longAgo, longAgo);
      expect(await withLock(path, async () => "mine")).toBe("mine");
    }));

  test("of several that find the same dead lock, one at a time gets it", () =>
    inFolder(async (path) => {
      writeFileSync(path, "");
      utimesSync(path, longAgo, longAgo);
      let inside = 0;
      const one = () =>
        withLock(path, async () => {
          expect(++inside).toBe(1);
          await Bun.sleep(1);
          inside--;
        });
      await Promise.all(Array.from({ length: 5 }, one));
    }));
});
