// The worker: one task at a time, in the order they came, answered in batches. What was answered must not lie here while
// a task runs for an hour, so results leave before every task that is not known to be over in a moment.
import type { BlockName, TaskId } from "../core/ids.ts";
import { never } from "../core/never.ts";
import { failed } from "../core/outcome.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment } from "../protocol/assignment.ts";
import { monotonic, wallClock } from "../system/clock.ts";
import type { Channel } from "./channel.ts";
import { unbegun } from "./run-task.ts";
import { EndNow, type TaskRunner } from "./task-runner.ts";

/** Why the loop has ended: it was told so, nobody listens any more, or this process is no good for further tasks. */
export type LoopEnding = "finished" | "closed" | "spoiled";

export async function workLoop(channel: Channel, runner: TaskRunner): Promise<LoopEnding> {
  const desk = new Desk(channel);
  process.on("exit", desk.sendResults);
  const listening = desk.listen();
  try {
    const ending = await work(desk, channel, runner);
    desk.sendResults();
    await channel.flush();
    return ending;
  } finally {
    process.off("exit", desk.sendResults);
    desk.leave();
    await listening;
  }
}

async function work(desk: Desk, channel: Channel, runner: TaskRunner): Promise<LoopEnding> {
  const pace = new Pace();
  let yielded = monotonic();
  for (;;) {
    const assignment = desk.next();
    if (assignment === null) {
      desk.sendResults();
      if (desk.state !== "open") return desk.state;
      await desk.something();
      continue;
    }
    const announced = !pace.isMomentary(assignment.block);
    if (announced) {
      desk.sendResults();
      channel.send({ kind: "started", task: assignment.task, attempt: assignment.attempt, at: wallClock() });
    }
    const { task } = assignment;
    const result = await runner.run(assignment, desk.begin(task), () =>
      channel.send({ kind: "ending", task }),
    );
    pace.took(assignment.block, result.usage.seconds);
    // Said first: whoever has the result must not give this process anything more.
    if (runner.condition === "spoiled") channel.send({ kind: "leaving" });
    desk.answer(result);
    if (runner.condition === "spoiled") return "spoiled";
    // Of a task that was said to have begun it must be known that it has ended before another one begins: should that one
    // end this process, the first would be taken for the one that did it.
    if (announced) desk.sendResults();
    // Tasks that never wait would keep the news out: a cancellation, the end of the launcher.
    if (monotonic() - yielded > patience) {
      desk.sendResults();
      await new Promise((resolve) => setImmediate(resolve));
      yielded = monotonic();
    }
  }
}

/** Seconds that a finished result may wait for company. */
const patience = 0.005;
/** Many small messages cost more than one large one; one very large one holds up the launcher. */
const mostResults = 64;

/** What has come and what is to go. */
class Desk {
  readonly #channel: Channel;
  readonly #queue: Assignment[] = [];
  #results: TaskResult[] = [];
  #current: { readonly task: TaskId; readonly abort: AbortController } | null = null;
  #wake: (() => void) | null = null;
  #left = false;
  state: "open" | "finished" | "closed" = "open";

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  readonly sendResults = (): void => {
    if (this.#results.length === 0) return;
    const results = this.#results;
    this.#results = [];
    this.#channel.send({ kind: "results", results });
  };

  next(): Assignment | null {
    if (this.state === "closed") return null;
    return this.#queue.shift() ?? null;
  }

  something(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  begin(task: TaskId): AbortSignal {
    const abort = new AbortController();
    this.#current = { task, abort };
    return abort.signal;
  }

  answer(result: TaskResult): void {
    this.#current = null;
    this.#results.push(result);
    if (this.#results.length >= mostResults) this.sendResults();
  }

  leave(): void {
    this.#left = true;
    this.#channel.close();
  }

  async listen(): Promise<void> {
    while (!this.#left) {
      const message = await this.#channel.receive();
      switch (message.kind) {
        case "run":
          this.#queue.push(...message.assignments);
          break;
        case "cancel":
          this.#cancel(message.task, message.grace);
          break;
        case "finish":
          if (this.state === "open") this.state = "finished";
          break;
        case "closed":
          this.state = "closed";
          this.#current?.abort.abort(new EndNow(graceWithoutLauncher));
          break;
        default:
          never(message);
      }
      this.#wake?.();
      this.#wake = null;
      if (message.kind === "closed") return;
    }
  }

  #cancel(task: TaskId, grace: number): void {
    if (this.#current?.task === task) {
      this.#current.abort.abort(new EndNow(grace));
      return;
    }
    const at = this.#queue.findIndex((assignment) => assignment.task === task);
    const [assignment] = at < 0 ? [] : this.#queue.splice(at, 1);
    if (assignment !== undefined) this.#results.push(unbegun(assignment, failed({ kind: "cancelled" })));
  }
}

/** Nobody will ever take the result of what runs now. */
const graceWithoutLauncher = 1;

/** Which blocks are over in a moment; a block of which nothing is known is not. */
class Pace {
  readonly #seconds = new Map<BlockName, number>();

  isMomentary(block: BlockName): boolean {
    return (this.#seconds.get(block) ?? 1) < 0.001;
  }

  took(block: BlockName, seconds: number): void {
    const before = this.#seconds.get(block) ?? seconds;
    // Slow to trust, quick to doubt.
    this.#seconds.set(block, seconds > before ? seconds : before + (seconds - before) / 4);
  }
}
