// The persistent commands of one worker: each started when its block first runs here, kept while it answers, started
// anew for the next task when it died, answered rubbish or had to be ended, or when the GPUs of this worker are other ones now:
// a program looks at them once.
import type { Failure } from "../core/failure.ts";
import type { BlockName } from "../core/ids.ts";
import { seconds } from "../core/ids.ts";
import type { JsonObject } from "../core/json.ts";
import { never } from "../core/never.ts";
import { failed, type Outcome, succeeded } from "../core/outcome.ts";
import { noChanges } from "../core/sample.ts";
import { cpuTime, peakMemory, resetPeakOf } from "../system/process-memory.ts";
import { checkAnswer, excerptOf } from "./check-answer.ts";
import type { Ending } from "./ending.ts";
import { gpusVariable } from "./own-gpus.ts";
import { PersistentProgram, type Reply } from "./persistent-program.ts";
import type { CommandEnding } from "./run-command.ts";
import type { ProgramStart } from "./start-program.ts";
import type { ProgramUsage } from "./usage-meter.ts";

export interface PersistentRun {
  readonly block: BlockName;
  readonly start: Omit<ProgramStart, "stdout">;
  readonly mark: string;
  /** What the program is told; `id` is what it may repeat in its answer. */
  readonly question: JsonObject;
}

export interface PersistentPrograms {
  run(task: PersistentRun, ending: Ending): Promise<CommandEnding>;
  close(): Promise<void>;
}

export function persistentPrograms(grace: number): PersistentPrograms {
  const programs = new Map<
    BlockName,
    { readonly program: PersistentProgram; readonly gpus: string | null }
  >();
  const politely = { forInput: Math.min(2, grace), grace };

  async function programOf(task: PersistentRun): Promise<PersistentProgram | Failure> {
    const running = programs.get(task.block);
    const gpus = gpusOf(task);
    if (running?.program.alive === true) {
      if (running.gpus === gpus) return running.program;
      // First its end: what it has loaded on them would be in the way of whoever has them now.
      programs.delete(task.block);
      await running.program.end(politely);
    }
    const started = PersistentProgram.start(task.start, task.mark);
    if (started.kind === "cannot-start") return started.failure;
    programs.set(task.block, { program: started.child, gpus });
    return started.child;
  }

  return {
    run: async (task, ending) => {
      const program = await programOf(task);
      if (!(program instanceof PersistentProgram)) {
        return { outcome: failed(program), changes: noChanges, usage: null };
      }
      const usage = usageSince(program.pid);
      const reply = await program.ask(JSON.stringify(task.question), ending);
      const ended = { ...judge(reply, task), usage: usage() };
      if (reply.kind !== "line" || isUseless(ended.outcome)) {
        programs.delete(task.block);
        const order = reply.kind === "ended" ? reply.order.grace : grace;
        await program.end({ forInput: 0, grace: order });
      }
      return ended;
    },
    close: async () => {
      const all = [...programs.values()];
      programs.clear();
      await Promise.all(all.map(({ program }) => program.end(politely)));
    },
  };
}

const gpusOf = ({ start }: PersistentRun): string | null => start.environment[gpusVariable] ?? null;

function judge(reply: Reply, task: PersistentRun): Omit<CommandEnding, "usage"> {
  const program = task.start.argv[0] ?? "";
  const bad = (problem: string, text: string) => ({
    outcome: failed({ kind: "bad-answer", program, problem, excerpt: excerptOf(text) }),
    changes: noChanges,
  });
  switch (reply.kind) {
    case "line": {
      const checked = checkAnswer(reply.text, "line");
      if (checked.kind === "bad") return bad(checked.problem, checked.excerpt);
      const { changes, issue, error, id } = checked.answer;
      if (id !== null && id !== task.question.id) {
        return bad(`it is about sample ${id}, and ${String(task.question.id)} was asked for`, reply.text);
      }
      if (error !== null) {
        return {
          outcome: failed({ kind: "exception", name: program, message: error, stack: [] }),
          changes: noChanges,
        };
      }
      return { outcome: issue === null ? succeeded : { kind: "issue", message: issue }, changes };
    }
    case "rubbish":
      return bad(reply.problem, reply.text);
    case "died": {
      const { status, signal } = reply;
      return { outcome: failed({ kind: "persistent-died", program, status, signal }), changes: noChanges };
    }
    case "ended":
      return { outcome: failed(reply.order.failure), changes: noChanges };
    default:
      return never(reply);
  }
}

/** Behind a line that is no answer, the next one may be the answer to this question. */
function isUseless(outcome: Outcome): boolean {
  return outcome.kind === "failed" && outcome.failure.kind === "bad-answer";
}

function usageSince(pid: number): () => ProgramUsage {
  const reset = resetPeakOf(pid);
  const before = cpuTime(pid);
  return () => {
    const after = cpuTime(pid);
    return {
      cpuSeconds: before === null || after === null ? null : seconds(after - before),
      peakMemory: reset ? peakMemory(pid) : null,
    };
  };
}
