// Packages in place exactly as the lock file says, whoever installed them, and bun's own binary with them.
// An install that was interrupted, doubled or refused its post-install step must be mended by simply starting again;
// without the marks made here a half-filled node_modules would look like a whole one.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { withLock } from "./lock.mjs";

/** Makes sure that everything is installed, and returns the path of the bun to go on with. */
export async function install(root) {
  const place = placesIn(root);
  const wanted = fingerprint(root);
  if (isReady(place, wanted)) return place.bun;
  mkdirSync(place.cache, { recursive: true });
  return withLock(join(place.cache, "install.lock"), async () => {
    if (isReady(place, wanted)) return place.bun; // somebody else did it while we waited
    if (existsSync(place.unfinished) || !isComplete(root)) await reinstall(root, place);
    putBunInPlace(root, place);
    writeFileSync(place.stamp, wanted);
    rmSync(place.unfinished, { force: true });
    return place.bun;
  });
}

function placesIn(root) {
  const modules = join(root, "node_modules");
  const cache = join(root, ".cache");
  return {
    modules,
    cache,
    bun: join(modules, "bun", "bin", "bun.exe"), // called so on every system
    stamp: join(modules, ".installed-from"),
    unfinished: join(cache, "install-unfinished"),
  };
}

function fingerprint(root) {
  const lock = readFileSync(join(root, "package-lock.json"));
  return `${createHash("sha256").update(lock).digest("hex")} ${process.platform} ${process.arch}\n`;
}

function isReady(place, wanted) {
  return (
    existsSync(place.stamp) &&
    readFileSync(place.stamp, "utf8") === wanted &&
    !existsSync(place.unfinished) &&
    runs(place.bun)
  );
}

function runs(bun) {
  return existsSync(bun) && spawnSync(bun, ["--version"], { stdio: "ignore" }).status === 0;
}

/**
 * Packages installed by hand (`npm ci`, an image made beforehand) are as good, if they are those of the lock file.
 * Optional ones are for other machines, or belong to a program that says itself what it misses.
 */
function isComplete(root) {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return Object.entries(lock.packages).every(([path, entry]) => {
    if (path === "" || entry.optional === true) return true;
    return versionIn(join(root, path, "package.json")) === entry.version;
  });
}

function versionIn(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).version;
  } catch {
    return undefined; // missing or cut off in the middle: not installed
  }
}

async function reinstall(root, place) {
  writeFileSync(place.unfinished, "an install began here and did not end\n");
  rmSync(place.modules, { recursive: true, force: true });
  const [program, ...args] = installer();
  console.error(`installing packages (${[basename(program), ...args].join(" ")}) …`);
  const status = await statusOf(program, args, root);
  if (status !== 0)
    throw new Error(`installing the packages failed (\`${[program, ...args].join(" ")}\`: ${status})`);
}

/** The package manager that called us; else the one that is there. Developers' packages in any case: the build is made of them. */
function installer() {
  const caller = process.env.npm_execpath ?? "";
  const npm = ["ci", "--include=dev", "--include=optional", "--prefer-offline", "--no-audit", "--no-fund"];
  const bun = ["install", "--frozen-lockfile"];
  if (process.versions.bun !== undefined) return [process.execPath, ...bun];
  if (/^bunx?(\.exe)?$/.test(basename(caller))) return [caller, ...bun];
  if (basename(caller) === "npm-cli.js") return [process.execPath, caller, ...npm];
  return isOnPath("npm") || !isOnPath("bun") ? ["npm", ...npm] : ["bun", ...bun];
}

function isOnPath(program) {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
}

/** Everything a package manager says is a message, not a result: it goes to standard error. */
function statusOf(program, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, stdio: ["ignore", 2, 2] });
    child.on("error", (error) => resolve(error.message));
    child.on("exit", (code, signal) => resolve(code ?? signal));
  });
}

/** npm may be told (and will one day by itself) not to run post-install scripts; bun's only moves its binary. */
function putBunInPlace(root, place) {
  if (runs(place.bun)) return;
  const script = join(place.modules, "bun", "install.js");
  if (!existsSync(script)) throw new Error("the package `bun` was not installed");
  spawnSync(process.execPath, [script], { cwd: root, stdio: ["ignore", 2, 2] });
  if (!runs(place.bun)) throw new Error(`bun does not start on this machine (\`${place.bun}\`)`);
}
