// A scheduler to talk to by hand, for tests that tell one story: every command is a short line, and what is not
// expected is seen at once because whole answers are compared.

import type { BlockSpec } from "../../src/core/block.ts";
import type { Failure } from "../../src/core/failure.ts";
import { attempt, seconds, type TaskId, taskId, workerId } from "../../src/core/ids.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import type { Capacity } from "../../src/core/resources.ts";
import { createPlan } from "../../src/plan/plan.ts";
import type { Prefetch } from "../../src/scheduler/durations.ts";
import type { SchedulerCommand, SchedulerEvent, Verdict } from "../../src/scheduler/messages.ts";
import { createScheduler, noPrefetch, type Scheduler } from "../../src/scheduler/scheduler.ts";
import { has, sampleIds } from "./scheduler-setups.ts";

export interface StorySetup {
  readonly blocks: readonly BlockSpec[];
  readonly samples: number;
  readonly losses?: number;
  readonly prefetch?: Prefetch;
  /** By block; default: 0 for all. */
  readonly kinds?: readonly number[];
  /** The answer to every `judge`, given at once; `by-hand`: the test answers. */
  readonly verdicts?: ((task: TaskId) => Verdict) | "by-hand";
}

export class Story {
  readonly scheduler: Scheduler;
  now = 0;
  readonly #verdicts: NonNullable<StorySetup["verdicts"]>;
  readonly #depth: "quick" | "full";

  constructor(setup: StorySetup) {
    const plan = createPlan(setup.blocks, sampleIds(setup.samples));
    this.#depth = plan.taskCount > 500 ? "quick" : "full";
    this.#verdicts = setup.verdicts ?? (() => "stale");
    this.scheduler = createScheduler({
      plan,
      needs: plan.blocks.map((block) => block.needs),
      retries: plan.blocks.map((block) => block.retries),
      losses: setup.losses ?? 3,
      prefetch: setup.prefetch ?? noPrefetch,
      kinds: setup.kinds ?? plan.blocks.map(() => 0),
    });
  }

  start(): string[] {
    return this.tell({ kind: "start" });
  }
  join(worker: string, capacity: Capacity = has(1), kindOfPlace = 0): string[] {
    return this.tell({ kind: "worker-joined", worker: workerId(worker), capacity, kindOfPlace });
  }
  narrow(worker: string, longest: number | null): string[] {
    const time = longest === null ? null : seconds(longest);
    return this.tell({ kind: "worker-narrowed", worker: workerId(worker), longest: time });
  }
  gone(worker: string): string[] {
    return this.tell({ kind: "worker-gone", worker: workerId(worker), why: "node failed" });
  }
  judged(task: number, verdict: Verdict): string[] {
    return this.tell({ kind: "judged", task: taskId(task), verdict });
  }
  /** `at` is `worker task#attempt`; the attempt is 1 where it is not said. */
  started(at: string): string[] {
    return this.tell({ kind: "task-started", ...parse(at) });
  }
  succeeded(at: string): string[] {
    return this.ended(at, { kind: "succeeded" });
  }
  issue(at: string): string[] {
    return this.ended(at, { kind: "issue", message: "did not converge" });
  }
  failed(at: string, failure: Failure = { kind: "exited", status: 3 }): string[] {
    return this.ended(at, { kind: "failed", failure });
  }
  cancelled(at: string): string[] {
    return this.failed(at, { kind: "cancelled" });
  }
  ended(at: string, outcome: Outcome): string[] {
    return this.tell({ kind: "task-ended", ...parse(at), outcome });
  }
  drain(): string[] {
    return this.tell({ kind: "drain" });
  }
  cancel(): string[] {
    return this.tell({ kind: "cancel" });
  }
  wait(time: number): void {
    this.now += time;
  }

  /** What it says to that, verdicts that are answered at once left out. */
  tell(event: SchedulerEvent): string[] {
    const commands = this.scheduler.handle(event, seconds(this.now));
    const broken = this.scheduler.violations(this.#depth);
    if (broken.length > 0) throw new Error(broken.join("; "));
    return commands.flatMap((command) => {
      const answer = this.#verdicts;
      if (command.kind !== "judge" || answer === "by-hand") return [line(command)];
      return this.judged(command.task, answer(command.task));
    });
  }
}

function parse(at: string) {
  const match = /^(\S+) (\d+)(?:#(\d+))?$/.exec(at);
  if (match === null) throw new Error(`not \`worker task#attempt\`: ${at}`);
  return {
    worker: workerId(match[1] ?? ""),
    task: taskId(Number(match[2])),
    attempt: attempt(Number(match[3] ?? 1)),
  };
}

function line(command: SchedulerCommand): string {
  switch (command.kind) {
    case "judge":
      return `judge ${command.task}`;
    case "assign":
      return `assign ${command.worker} ${command.task}#${command.attempt}`;
    case "task-retried":
      return `retry ${command.task}#${command.attempt}`;
    case "task-failed":
      return `failed ${command.task}: ${command.failure.kind}`;
    case "sample-ended":
      return `sample ${command.sampleIndex} ${command.ending}, ${command.skipped} skipped`;
    case "cancel":
      return `cancel ${command.worker} ${command.task}`;
    case "finished":
      return `finished ${command.why}`;
  }
}
