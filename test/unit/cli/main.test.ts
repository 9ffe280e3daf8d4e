// The door itself, as a process: what reaches the shell, whole, with the right status.
import { describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import { version } from "../../../src/generated/version.ts";

const main = resolve(import.meta.dir, "../../../src/main.ts");
const environment = { PATH: process.env.PATH ?? "", HOME: "/nonexistent" };

async function pipe(words: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const child = Bun.spawn([process.execPath, main, ...words], {
    env: { ...environment, ...more },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, status] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return { status, stdout, stderr };
}

/** The same behind a shell, for what happens to pipes. */
async function shell(script: string, more: Readonly<Record<string, string>> = {}) {
  const child = Bun.spawn(["bash", "-c", `set -o pipefail; ${script}`, "bash", process.execPath, main], {
    env: { ...environment, ...more },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, status] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  return { status, stdout, stderr };
}

describe("what reaches the shell", () => {
  test("the version, in three ways", async () => {
    const answer = { status: 0, stdout: `pipe ${version}\n`, stderr: "" };
    for (const words of [["--version"], ["version"], ["-V"]]) expect(await pipe(words)).toEqual(answer);
  });

  test("a mistake: on standard error, status 2, nothing on standard output", async () => {
    expect(await pipe(["completions", "bsh"])).toEqual({
      status: 2,
      stdout: "",
      stderr: 'error: SHELL is "bsh"; it must be `bash`, `zsh` or `fish`\n  hint: did you mean `bash`?\n',
    });
  });

  test("all of a long text, also when its reader is slower than we are", async () => {
    const flags = Array.from({ length: 3000 }, (_, i) => `--unknown_${i}`).join(" ");
    const { status, stdout } = await shell(`"$1" "$2" completions ${flags} 2>&1 | (sleep 0.2; cat)`);
    expect(stdout.length).toBeGreaterThan(100_000);
    expect(stdout).toContain("`--unknown_2999`");
    expect(stdout).toEndWith("hint: write `pipe completions SHELL`\n");
    expect(status).toBe(2);
  });

  test("no complaint when nobody reads on", async () => {
    const { status, stderr } = await shell(`for i in 1 2 3 4 5; do "$1" "$2" completions zsh | true; done`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("that what it was asked for could not be written", async () => {
    expect(await shell(`"$1" "$2" completions zsh > /dev/full`)).toEqual({
      status: 3,
      stdout: "",
      stderr: "error: cannot write to standard output (ENOSPC)\n",
    });
  });

  test("no colours where there is no terminal, but where they are asked for", async () => {
    expect((await pipe(["rnu"])).stderr).not.toContain("\x1b");
    expect((await pipe(["rnu", "--color"])).stderr).toContain("\x1b");
  });
});
