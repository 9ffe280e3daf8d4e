// What is known of every task, as columns of numbers: 24 bytes a task. As objects a million tasks would take
// twenty times that and make every garbage collection a pause.
//
// The states and every way between them; `move` refuses any other, because a task that takes another way has
// been run twice or lost.
//
//   waiting ──▶ ready ──▶ judging ──▶ queued ──▶ assigned ──▶ running ──▶ succeeded │ issue │ failed
//      │          │        │  │        │  ▲         │  │        │  │
//      │          │        │  │        │  └─────────┴──┼────────┘  │   lost, cancelled for nobody's fault,
//      │          │        │  │        │               │           │   or failed with an attempt left
//      │          │        │  │        │               └───────────┼──▶ succeeded │ issue │ failed
//      │          │        │  └────────┼───────────────────────────┼──▶ cached │ cached-issue
//      ▼          ▼        ▼           ▼                           ▼
//   skipped ◀─────┴────────┴───────────┴──(also from assigned)─────┘
//
//   waiting    its predecessors, or for a dataset task the samples, are not done
//   ready      nothing stands in its way but that its turn has not come
//   judging    somebody finds out whether a remembered result stands
//   queued     it has to run and waits for a worker
//   assigned   a worker has it: it starts at once, or stands in that worker's backlog
//   skipped    its sample stopped, or the run ended, before it was done

import type { TaskState } from "../core/task.ts";
import type { Layout } from "./layout.ts";

export const state = {
  waiting: 0,
  ready: 1,
  judging: 2,
  queued: 3,
  assigned: 4,
  running: 5,
  succeeded: 6,
  issue: 7,
  failed: 8,
  cached: 9,
  "cached-issue": 10,
  skipped: 11,
} as const satisfies Readonly<Record<TaskState, number>>;
export type StateCode = (typeof state)[TaskState];

/** In the order of their codes. */
export const stateNames: readonly TaskState[] = [
  "waiting",
  "ready",
  "judging",
  "queued",
  "assigned",
  "running",
  "succeeded",
  "issue",
  "failed",
  "cached",
  "cached-issue",
  "skipped",
];

/** The chart above. */
export const ways: Readonly<Record<TaskState, readonly TaskState[]>> = {
  waiting: ["ready", "skipped"],
  ready: ["judging", "skipped"],
  judging: ["queued", "cached", "cached-issue", "skipped"],
  queued: ["assigned", "skipped"],
  assigned: ["running", "queued", "succeeded", "issue", "failed", "skipped"],
  running: ["queued", "succeeded", "issue", "failed", "skipped"],
  succeeded: [],
  issue: [],
  failed: [],
  cached: [],
  "cached-issue": [],
  skipped: [],
};

export const isFinal = (code: number): boolean => code >= state.succeeded;

/** How a worker holds a task. What waits there does not count on the room of a long one (see openings.ts). */
export const post = { none: 0, long: 1, short: 2, backlog: 3 } as const;
export type Post = (typeof post)[keyof typeof post];

const wayBits = Uint16Array.from(stateNames, (from) =>
  ways[from].reduce((bits, to) => bits | (1 << state[to]), 0),
);

export class TaskTable {
  readonly #layout: Layout;
  readonly #state: Uint8Array;
  readonly #counts: Uint32Array;
  readonly #attempt: Uint32Array;
  readonly #failures: Uint16Array;
  readonly #losses: Uint16Array;
  readonly #missing: Uint16Array;
  readonly #worker: Int32Array;
  readonly #post: Uint8Array;
  readonly #since: Float64Array;
  #open: number;
  #held = 0;

  constructor(layout: Layout) {
    const { taskCount, blockCount } = layout;
    this.#layout = layout;
    this.#state = new Uint8Array(taskCount);
    this.#counts = new Uint32Array(blockCount * stateNames.length);
    this.#attempt = new Uint32Array(taskCount).fill(1);
    this.#failures = new Uint16Array(taskCount);
    this.#losses = new Uint16Array(taskCount);
    this.#missing = new Uint16Array(taskCount);
    this.#worker = new Int32Array(taskCount).fill(-1);
    this.#post = new Uint8Array(taskCount);
    this.#since = new Float64Array(taskCount);
    this.#open = taskCount;
    const datasetTasks = layout.firstOf(layout.datasetRow);
    for (let task = 0; task < taskCount; task++) {
      const block = layout.blockOf(task);
      const missing = layout.predecessors(block).length;
      const first = missing === 0 && task < datasetTasks ? state.ready : state.waiting;
      this.#missing[task] = missing;
      this.#state[task] = first;
      this.#add(block, first, 1);
    }
  }

  state(task: number): number {
    return this.#state[task] ?? state.skipped;
  }
  count(block: number, code: number): number {
    return this.#counts[block * stateNames.length + code] ?? 0;
  }
  /** Tasks that have not come to their end. */
  get open(): number {
    return this.#open;
  }
  /** Tasks that a worker has: assigned or running. */
  get held(): number {
    return this.#held;
  }

  move(task: number, to: StateCode): void {
    const from = this.state(task);
    if ((((wayBits[from] ?? 0) >> to) & 1) === 0) {
      throw new Error(`task ${task} cannot go from ${stateNames[from]} to ${stateNames[to]}: this is a bug`);
    }
    const block = this.#layout.blockOf(task);
    this.#add(block, from, -1);
    this.#add(block, to, 1);
    this.#state[task] = to;
    if (isFinal(to)) this.#open--;
    this.#held += held(to) - held(from);
  }

  /** One predecessor less to wait for; true when that was the last. */
  predecessorDone(task: number): boolean {
    const missing = (this.#missing[task] ?? 0) - 1;
    this.#missing[task] = missing;
    return missing === 0;
  }
  missing(task: number): number {
    return this.#missing[task] ?? 0;
  }

  attempt(task: number): number {
    return this.#attempt[task] ?? 0;
  }
  failures(task: number): number {
    return this.#failures[task] ?? 0;
  }
  losses(task: number): number {
    return this.#losses[task] ?? 0;
  }
  /** The current attempt came to nothing; answers to it are late from here on. */
  nextAttempt(task: number, pays: "attempt" | "loss" | "nothing"): number {
    if (pays === "attempt") this.#failures[task] = this.failures(task) + 1;
    if (pays === "loss") this.#losses[task] = this.losses(task) + 1;
    const attempt = this.attempt(task) + 1;
    this.#attempt[task] = attempt;
    return attempt;
  }

  /** The slot of the worker that has it; -1: nobody. */
  worker(task: number): number {
    return this.#worker[task] ?? -1;
  }
  post(task: number): number {
    return this.#post[task] ?? post.none;
  }
  hold(task: number, slot: number, as: Post): void {
    this.#worker[task] = slot;
    this.#post[task] = as;
  }
  /** When it began to count as running. */
  since(task: number): number {
    return this.#since[task] ?? 0;
  }
  setSince(task: number, now: number): void {
    this.#since[task] = now;
  }

  #add(block: number, code: number, change: number): void {
    const cell = block * stateNames.length + code;
    this.#counts[cell] = (this.#counts[cell] ?? 0) + change;
  }
}

const held = (code: number): number => (code === state.assigned || code === state.running ? 1 : 0);
