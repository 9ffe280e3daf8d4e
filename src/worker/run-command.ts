// A block that is a program, started for this task alone. It ends whole: whatever it started and left running is ended
// with it, also after a success, because nobody would ever look after it again.

import { setTimeout as sleep } from "node:timers/promises";
import type { Failure } from "../core/failure.ts";
import { bytes, type Seconds, seconds } from "../core/ids.ts";
import { failed, type Outcome, succeeded } from "../core/outcome.ts";
import { noChanges, type SampleChanges } from "../core/sample.ts";
import { listPids } from "../system/process-list.ts";
import { marked } from "../system/process-mark.ts";
import { outOfMemoryKills } from "../system/process-memory.ts";
import { endTree, findTree, type TreeRoot } from "../system/process-tree.ts";
import { checkAnswer } from "./check-answer.ts";
import type { CommandFiles } from "./command-files.ts";
import type { Ending } from "./ending.ts";
import { watchFamilyPeak } from "./family-peak.ts";
import { type ProgramChild, type ProgramStart, signalName, startProgram } from "./start-program.ts";
import type { TaskOutput } from "./task-output.ts";
import type { ProgramUsage, UsageMeter } from "./usage-meter.ts";

export interface CommandRun {
  readonly start: Omit<ProgramStart, "stdout" | "stderr">;
  readonly files: CommandFiles;
  readonly mark: string;
  readonly output: TaskOutput;
  readonly meter: UsageMeter;
  /** Seconds between TERM and KILL for what a successful program left running. */
  readonly grace: number;
}

export interface CommandEnding {
  readonly outcome: Outcome;
  readonly changes: SampleChanges;
  /** Null where it never started. */
  readonly usage: ProgramUsage | null;
}

export async function runCommand(run: CommandRun, ending: Ending): Promise<CommandEnding> {
  const { output } = run;
  const program = run.start.argv[0] ?? "";
  const olderOnes = new Set(listPids());
  const floor = run.meter.floor();
  const killsBefore = outOfMemoryKills();
  const started = startProgram({ ...run.start, stdout: output.stdout, stderr: output.stderr });
  if (started.kind === "cannot-start") {
    return { outcome: failed(started.failure), changes: noChanges, usage: null };
  }
  const { child } = started;
  const peak = watchFamilyPeak(child.pid);
  const tree: TreeRoot = { pid: null, group: child.pid, mark: marked(run.mark) };
  const how = await Promise.race([child.exited.then(() => "by-itself" as const), ending.ordered]);
  if (how === "by-itself") {
    await endStragglers(tree, run, olderOnes);
  } else {
    const left = await endTree({ ...tree, pid: child.pid }, { grace: how.grace, olderOnes });
    if (left.survivors.length > 0) {
      output.note(`process ${left.survivors.join(", ")} did not end although it was killed`);
    }
    await Promise.race([child.exited, sleep(1000)]);
  }
  const usage = usageOf(child, floor, peak.stop());
  if (how !== "by-itself") return { outcome: failed(how.failure), changes: noChanges, usage };
  const failure = failureOf(child, program, { killsBefore, usage });
  if (failure !== null) return { outcome: failed(failure), changes: noChanges, usage };
  return { ...answerIn(run.files), usage };
}

async function endStragglers(tree: TreeRoot, run: CommandRun, olderOnes: ReadonlySet<number>): Promise<void> {
  const mayLeave = 5;
  for (let look = 0; findTree(tree, olderOnes).length > 0; look++) {
    // `prog > >(tee log)`: tee is a moment behind; it is still writing what the user wants to read.
    if (look < mayLeave) {
      await sleep(5 * 2 ** look);
      continue;
    }
    const { ended } = await endTree(tree, { grace: run.grace, olderOnes });
    const what = ended.length === 1 ? "a process that was" : `${ended.length} processes that were`;
    run.output.note(`ended ${what} still running after the program itself had ended`);
    return;
  }
}

function failureOf(
  child: ProgramChild,
  program: string,
  seen: { readonly killsBefore: number | null; readonly usage: ProgramUsage },
): Failure | null {
  if (child.signalCode !== null) {
    const kills = outOfMemoryKills();
    if (child.signalCode === "SIGKILL" && kills !== null && kills > (seen.killsBefore ?? kills)) {
      return { kind: "out-of-memory", limit: null, peak: seen.usage.peakMemory };
    }
    return { kind: "command-signal", program, signal: signalName(child.signalCode) };
  }
  return child.exitCode === 0 ? null : { kind: "command-status", program, status: child.exitCode ?? -1 };
}

function answerIn(files: CommandFiles): { readonly outcome: Outcome; readonly changes: SampleChanges } {
  const read = files.readAnswer();
  if (read === null) return { outcome: succeeded, changes: noChanges };
  if (read.kind === "unusable") {
    const { problem } = read;
    return { outcome: failed({ kind: "bad-result", problem, excerpt: "" }), changes: noChanges };
  }
  const checked = checkAnswer(read.text, "result");
  if (checked.kind === "bad") {
    const { problem, excerpt } = checked;
    return { outcome: failed({ kind: "bad-result", problem, excerpt }), changes: noChanges };
  }
  const { changes, issue } = checked.answer;
  return { outcome: issue === null ? succeeded : { kind: "issue", message: issue }, changes };
}

/** `floor`: what the kernel reports for a child is never less than its starter's memory; below that it says nothing. */
function usageOf(child: ProgramChild, floor: number, sampled: number | null): ProgramUsage {
  const used = child.resourceUsage();
  if (used === undefined) return { cpuSeconds: null, peakMemory: sampled === null ? null : bytes(sampled) };
  const cpu: Seconds = seconds(Number(used.cpuTime.total) / 1e6);
  const reported = used.maxRSS > floor * 1.05 ? used.maxRSS : null;
  const peak = Math.max(reported ?? 0, sampled ?? 0);
  return { cpuSeconds: cpu, peakMemory: peak === 0 ? null : bytes(peak) };
}
