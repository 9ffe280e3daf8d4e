// One worker process, as its pool sees it: what it was given and has not answered, and how it came to its end.
//
//   starting ──hello──▶ ready ──told to leave──▶ leaving ──▶ gone
//       └───────────────── died, was killed ───────────────▶
//
// Its standard output and error are one file that it appends to; after a crash the last words of the task are in there.
import { closeSync, mkdirSync, openSync } from "node:fs";
import { constants } from "node:os";
import type { Attempt, Seconds, TaskId, WorkerId } from "../core/ids.ts";
import { never } from "../core/never.ts";
import type { TaskResult } from "../protocol/answer.ts";
import type { Assignment, ToWorker } from "../protocol/assignment.ts";
import { checkFromWorker } from "../protocol/check.ts";
import { protocolVersion } from "../protocol/version.ts";
import { workerFolder, workerLogPath } from "../rundir/layout.ts";
import { type Environment, workerEnvironment } from "../system/child-environment.ts";
import { monotonic } from "../system/clock.ts";
import { marked } from "../system/process-mark.ts";
import { endTree, type TreeEnding } from "../system/process-tree.ts";

export interface ProcessStart {
  readonly worker: WorkerId;
  readonly lane: number;
  readonly command: readonly string[];
  readonly runFolder: string;
  readonly environment: Environment;
  readonly mark: string;
}

/** How the process ended: one of the two is null, both where it never started. */
export interface ProcessEnding {
  readonly status: number | null;
  readonly signal: string | null;
}

export interface ProcessListener {
  ready(process: WorkerProcess): void;
  started(process: WorkerProcess, task: TaskId, attempt: Attempt): void;
  results(process: WorkerProcess, results: readonly TaskResult[]): void;
  /** It cannot work, and says why; its end follows. */
  unfit(process: WorkerProcess, message: string): void;
  gone(process: WorkerProcess, ending: ProcessEnding): void;
}

type Child = Bun.Subprocess<"ignore", number, number>;

export class WorkerProcess {
  readonly lane: number;
  readonly worker: WorkerId;
  readonly log: string;
  state: "starting" | "ready" | "leaving" | "gone" = "starting";
  /** Given and not answered, in the order in which they run. */
  readonly unanswered: Assignment[] = [];
  /** The task that it said it has begun; null where it has said nothing of the one it is at. */
  begun: TaskId | null = null;
  saidHello = false;
  /** The names of the GPUs that its tasks have; null where they have none, or nobody knows the names. */
  gpus: readonly string[] | null = null;
  /** It was told that nothing more will come, or is being ended by us. */
  dismissed = false;
  /** It has said that what it does not answer was never begun. */
  leavesUnbegun = false;
  /** Since when the first of `unanswered` may have been running. */
  since: Seconds = monotonic();
  /** Since when it is ending the first of `unanswered`, because its time is over; null where it has not said so. */
  endingSince: Seconds | null = null;
  readonly #mark: string;
  readonly #listener: ProcessListener;
  readonly #child: Child;
  #exited: ProcessEnding | null = null;
  #silent = false;

  /** @throws what the operating system says when no process can be started. */
  constructor(start: ProcessStart, listener: ProcessListener) {
    this.lane = start.lane;
    this.worker = start.worker;
    this.log = workerLogPath(start.runFolder, start.worker);
    this.#mark = start.mark;
    this.#listener = listener;
    mkdirSync(workerFolder(start.runFolder, start.worker), { recursive: true });
    const output = openSync(this.log, "a");
    try {
      this.#child = Bun.spawn([...start.command], {
        env: workerEnvironment(start.environment, start.mark),
        stdio: ["ignore", output, output],
        // Ctrl-C at the terminal is for the launcher, which lets running tasks end.
        detached: true,
        serialization: "json",
        ipc: (message) => this.#hear(message),
        onDisconnect: () => this.#fellSilent(),
        onExit: (_child, status, signal) => this.#ended(status, signal),
      });
    } finally {
      closeSync(output);
    }
  }

  get pid(): number {
    return this.#child.pid;
  }

  has(task: TaskId): boolean {
    return this.unanswered.some((assignment) => assignment.task === task);
  }

  give(assignments: readonly Assignment[]): void {
    if (this.unanswered.length === 0) this.since = monotonic();
    this.unanswered.push(...assignments);
    this.tell({ kind: "run", assignments });
  }

  tell(message: ToWorker): void {
    try {
      this.#child.send(message);
    } catch {
      // It is dying; that will be told by its end, with all that it has not answered.
    }
  }

  /** Takes an answered task off the list; null where nobody waits for this answer. */
  answered(result: TaskResult): Assignment | null {
    const at = this.unanswered.findIndex(
      ({ task, attempt }) => task === result.task && attempt === result.attempt,
    );
    const [assignment] = at < 0 ? [] : this.unanswered.splice(at, 1);
    if (assignment === undefined) return null;
    if (this.begun === result.task) this.begun = null;
    this.endingSince = null;
    this.since = monotonic();
    return assignment;
  }

  /** Nothing more will come for it: it ends when it has answered what it has. */
  leave(): void {
    if (this.state === "gone") return;
    this.doomed();
    this.tell({ kind: "finish" });
  }

  /** Nothing more is to be given to it. */
  doomed(): void {
    if (this.state !== "gone") this.state = "leaving";
    this.dismissed = true;
  }

  /** Ends it with everything that was started in it, also what is left after its own end. */
  async end(grace: number): Promise<TreeEnding> {
    const pid = this.#exited === null ? this.pid : null;
    return await endTree({ pid, group: this.pid, mark: marked(this.#mark) }, { grace });
  }

  #hear(value: unknown): void {
    const checked = checkFromWorker(value);
    if (checked.kind === "bad") {
      const { message, notes } = checked.diagnostic;
      this.#listener.unfit(this, [message, ...notes].join("\n"));
      return;
    }
    const { message } = checked;
    switch (message.kind) {
      case "hello":
        if (message.protocol !== protocolVersion) {
          const spoken = `it speaks protocol ${message.protocol}, and this launcher ${protocolVersion}`;
          this.#listener.unfit(this, `the worker is pipe ${message.version}: ${spoken}`);
          return;
        }
        this.saidHello = true;
        if (this.state === "starting") this.state = "ready";
        this.#listener.ready(this);
        return;
      case "started":
        this.begun = message.task;
        this.since = monotonic();
        this.#listener.started(this, message.task, message.attempt);
        return;
      case "results":
        this.#listener.results(this, message.results);
        return;
      case "ending":
        if (this.unanswered[0]?.task === message.task) this.endingSince = monotonic();
        return;
      case "leaving":
        this.doomed();
        this.leavesUnbegun = true;
        return;
      case "unfit":
        this.#listener.unfit(this, message.message);
        return;
      default:
        never(message);
    }
  }

  /** What it had said is told before its end: both must have come. */
  #fellSilent(): void {
    this.#silent = true;
    this.#tellEnd();
    // A block has closed the channel's descriptor: whatever this process does now, nobody would ever hear of it.
    if (this.#exited === null && this.state !== "leaving") {
      setTimeout(() => {
        if (this.#exited === null) void this.end(0);
      }, 1000);
    }
  }

  #ended(status: number | null, signal: number | string | null): void {
    this.#exited = { status: signal === null ? status : null, signal: nameOf(signal) };
    // Somebody who inherited the channel may keep it open.
    setTimeout(() => this.#fellSilent(), 500);
    this.#tellEnd();
  }

  #tellEnd(): void {
    if (this.#exited === null || !this.#silent || this.state === "gone") return;
    this.state = "gone";
    this.#listener.gone(this, this.#exited);
  }
}

/** Bun gives the number of the signal here, and its name elsewhere. */
function nameOf(signal: number | string | null): string | null {
  if (signal === null || typeof signal === "string") return signal;
  const found = Object.entries(constants.signals).find(([, number]) => number === signal);
  return found?.[0] ?? `SIG${signal}`;
}
