// One at a time: two commands started together must not install into the same folder.
// The holder shows that it lives by touching the lock; one that was killed leaves a lock that the next start takes away.

import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";

const beat = 1_000; // ms
const silence = 30_000; // ms without a beat, after which a holder counts as gone even if its process number lives

/** Runs `work` while nobody else who asks for the same lock does. */
export async function withLock(path, work) {
  const nonce = randomUUID();
  let told = false;
  while (!claim(path, nonce)) {
    const holder = read(path);
    if (holder !== undefined && isGone(path, holder)) takeAway(path, holder, nonce);
    else {
      if (!told) console.error("waiting for another command that installs packages …");
      told = true;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const heart = setInterval(() => touch(path), beat);
  const release = () => rmSync(path, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(heart);
    process.off("exit", release);
    release();
  }
}

function claim(path, nonce) {
  try {
    writeFileSync(path, `${process.pid} ${nonce}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // released between two looks
  }
}

function isGone(path, holder) {
  try {
    if (Date.now() - statSync(path).mtimeMs > silence) return true;
    const pid = Number.parseInt(holder, 10);
    if (!Number.isInteger(pid)) return false; // just being written
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/** Renamed first, then looked at again: of two that take away the same lock one might catch the other's new one. */
function takeAway(path, holder, nonce) {
  const aside = `${path}.${nonce}`;
  try {
    renameSync(path, aside);
    if (read(aside) === holder) rmSync(aside, { force: true });
    else renameSync(aside, path);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

function touch(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Taken away under us after a long sleep of the machine: nothing to keep alive any more.
  }
}
