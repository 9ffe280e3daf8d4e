// From a bare checkout to the first line of our own build scripts, with nothing but Node (and npm) or Bun at hand.
// Plain JavaScript on purpose: before this has run there is no bun, no TypeScript, no package. Without it every
// command would have to begin with instructions: install this, then run that, unless npm skipped the other.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { install } from "./install.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What can be asked for: `node build/start.mjs NAME …` runs `build/FILE` with our own bun. */
const commands = {
  demo: "demo.ts",
  test: "test.ts",
  "test:fault": "fault.ts",
  "test:cluster": "cluster.ts",
  build: "build.ts",
  check: "check.ts",
  fix: "fix.ts",
  bench: "bench.ts",
  generate: "generate.ts",
  record: "record.ts",
};

const [name = "", ...rest] = process.argv.slice(2);
process.exitCode = await start();

async function start() {
  const file = Object.hasOwn(commands, name) ? join(root, "build", commands[name]) : undefined;
  if (file === undefined || !existsSync(file)) {
    console.error(`error: unknown command \`${name}\`\n  hint: one of ${Object.keys(commands).join(", ")}`);
    return 2;
  }
  try {
    const bun = await install(root);
    return await runToItsEnd(bun, [file, ...rest]);
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    // Whoever reads only the last line (a build server does) must not wait for it in vain.
    if (name === "test") console.log("0 passed, 1 failed");
    return 1;
  }
}

/** Runs the script in the foreground. Ctrl-C reaches it through the terminal; we stay to pass its status on. */
function runToItsEnd(bun, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(bun, args, { cwd: root, stdio: "inherit", env: cleanEnvironment() });
    const forward = (signal) => child.kill(signal);
    process.on("SIGINT", () => {});
    process.on("SIGTERM", forward);
    process.on("SIGHUP", forward);
    child.on("error", reject);
    child.on("exit", (code, signal) =>
      resolve(signal === null ? (code ?? 1) : signal === "SIGINT" ? 130 : 1),
    );
  });
}

/** The first would run code in every bun we start, the second belongs to executables made with it. */
function cleanEnvironment() {
  const { BUN_OPTIONS: _options, BUN_BE_BUN: _beBun, ...environment } = process.env;
  return environment;
}
