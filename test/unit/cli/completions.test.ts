import { describe, expect, test } from "bun:test";
import { completionScript } from "../../../src/cli/completions.ts";
import { declarations } from "../../../src/cli/declarations.ts";
import { shells } from "../../../src/cli/flags/completions.ts";

/** What bash offers for the last word. */
function offered(...words: readonly string[]): string[] {
  const script = `${completionScript("bash")}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pipe; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const ran = Bun.spawnSync(["bash", "--norc", "-c", script, "bash", ...words], { cwd: import.meta.dir });
  expect(ran.stderr.toString()).toBe("");
  return ran.stdout
    .toString()
    .split("\n")
    .filter((line) => line !== "")
    .sort();
}

describe("bash", () => {
  test("finds nothing wrong with the script", () => {
    const ran = Bun.spawnSync(["bash", "-n"], { stdin: new TextEncoder().encode(completionScript("bash")) });
    expect([ran.exitCode, ran.stderr.toString()]).toEqual([0, ""]);
  });

  test("offers commands, flags, choices and files", () => {
    expect(offered("pipe", "co")).toEqual(["completions"]);
    expect(offered("pipe", "run", "--num")).toEqual(["--num_samples"]);
    expect(offered("pipe", "run", "--no")).toEqual(["--no_color", "--no_retry_issues"]);
    expect(offered("pipe", "init", "--template", "d")).toEqual(["deform"]);
    expect(offered("pipe", "completions", "f")).toEqual(["fish"]);
    expect(offered("pipe", "run", "command-l")).toEqual(["command-line.test.ts"]);
    expect(offered("pipe", "status", "--data-path", "command-l")).toEqual(["command-line.test.ts"]);
    expect(offered("pipe", "help", "ini")).toEqual(["init"]);
  });
});

for (const shell of shells) {
  test(`${shell}: every command and every flag is in the script`, () => {
    const script = completionScript(shell);
    for (const { name, flags } of declarations) {
      expect(script).toContain(name);
      for (const flag of Object.keys(flags))
        expect(script).toContain(shell === "fish" ? `-l ${flag}` : `--${flag}`);
    }
  });
}
