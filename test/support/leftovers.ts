// The proof that nothing is left: no process that was started below this test. Every process of a run inherits a token
// from the environment that the test gives it.
import { readdirSync, readFileSync } from "node:fs";

export interface LeftProcess {
  readonly pid: number;
  readonly command: string;
}

/** Living processes whose environment holds the text. A dead one that nobody has waited for has no environment. */
export function processesHolding(text: string): readonly LeftProcess[] {
  const found: LeftProcess[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      if (!readFileSync(`/proc/${name}/environ`, "latin1").includes(text)) continue;
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      found.push({ pid: Number(name), command });
    } catch {
      // Gone in the meantime, or not ours to read.
    }
  }
  return found;
}

/** Throws, naming them, when such processes live; ends them so that they do not disturb the next test. */
export function expectNoneLeft(token: string): void {
  const left = processesHolding(token);
  for (const { pid } of left) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Gone by itself.
    }
  }
  if (left.length > 0)
    throw new Error(`left running: ${left.map((p) => `${p.pid} ${p.command}`).join("; ")}`);
}
