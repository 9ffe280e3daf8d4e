// One pilot as its launcher sees it: the process on one node of a job, behind a mailbox.
//
//   awaited ──hello──▶ alive ──leaving, lost──▶ gone
//      └────────── never came up ──────────────▶
//
// What it was given and has not answered is kept here; it is answered exactly once, by the pilot or by its end.
import { type Seconds, seconds, type TaskId, type WorkerId } from "../../../core/ids.ts";
import { never } from "../../../core/never.ts";
import type { TaskResult } from "../../../protocol/answer.ts";
import type { Assignment } from "../../../protocol/assignment.ts";
import type {
  FromPilot,
  GivenAttempt,
  LeavingWhy,
  PilotHello,
  TaskAttempt,
} from "../../../protocol/mailbox.ts";
import { Pace } from "../../../system/pace.ts";
import type { PilotMailbox } from "./pilot-mailbox.ts";

export interface NodeListener {
  hello(node: PilotNode, hello: PilotHello): void;
  started(node: PilotNode, of: TaskAttempt & { readonly lane: number }): void;
  ended(node: PilotNode, lane: number, result: TaskResult): void;
  /** It was not begun: nobody is to blame, and it can go to another place. */
  declined(node: PilotNode, assignment: Assignment): void;
  /** Words about tasks of an earlier launcher. */
  earlier(node: PilotNode, of: number, word: EarlierWord): void;
  /** All that it still has of earlier launchers: what else they gave it is lost, and will not be answered. */
  holdsOfEarlier(node: PilotNode, held: readonly GivenAttempt[]): void;
  warning(message: string, hint: string | null): void;
  unfit(node: PilotNode, message: string): void;
  leaving(node: PilotNode, why: LeavingWhy): void;
  /** Nothing that it says can be understood. */
  unusable(node: PilotNode, message: string): void;
}

export type EarlierWord =
  | { readonly kind: "ended"; readonly lane: number; readonly result: TaskResult }
  | { readonly kind: "declined"; readonly task: TaskId; readonly attempt: TaskAttempt["attempt"] };

export type NodeState =
  | { readonly kind: "awaited" }
  | { readonly kind: "alive"; readonly hello: PilotHello; readonly endsAt: Seconds | null }
  /** `host`: where it was, if it ever said. */
  | { readonly kind: "gone"; readonly why: string; readonly host: string | null };

interface Unanswered {
  readonly assignment: Assignment;
  /** The record that it was sent with. */
  readonly sent: number;
}

export class PilotNode {
  readonly worker: WorkerId;
  /** The slot of its job. */
  readonly slot: string;
  readonly #mailbox: PilotMailbox;
  readonly #listener: NodeListener;
  readonly #endsAt: Seconds | null;
  #isCatchingUp: boolean;
  readonly #unanswered = new Map<TaskId, Unanswered>();
  /** Given in this turn of the event loop, and not sent yet. */
  readonly #outgoing: Assignment[] = [];
  readonly pace: Pace;
  state: NodeState = { kind: "awaited" };
  /** By our clock. */
  heardAt: Seconds;
  dueAt: Seconds;
  /** Since when it has had nothing to do; null while it has. */
  idleSince: Seconds | null;
  /** It was told to stay with nothing to do. */
  isKept = false;
  /** How many words of it were heard. */
  heard = 0;
  /** How many tasks it has answered that it ran. */
  answered = 0;
  /** The shortest time limit that it has refused a task of, 0 where the task had none; null: it takes what it is given. */
  refused: Seconds | null = null;

  constructor(
    of: {
      readonly worker: WorkerId;
      readonly slot: string;
      readonly mailbox: PilotMailbox;
      /**
       * Taken over: what it has said by now was told by the launcher before. `left`: of its time, where Slurm has said so; its
       * own first word may be hours old.
       */
      readonly takenOver?: { readonly left: Seconds | null };
    },
    listener: NodeListener,
    now: Seconds,
  ) {
    this.worker = of.worker;
    this.slot = of.slot;
    this.#mailbox = of.mailbox;
    this.#listener = listener;
    const left = of.takenOver?.left ?? null;
    this.#endsAt = left === null ? null : seconds(now + left);
    this.#isCatchingUp = of.takenOver !== undefined;
    this.pace = new Pace({ quick: 0.004, slow: 1.5 });
    this.heardAt = now;
    this.dueAt = now;
    this.idleSince = now;
  }

  get folder(): string {
    return this.#mailbox.folder;
  }

  get unanswered(): readonly Assignment[] {
    return [...this.#unanswered.values()].map(({ assignment }) => assignment);
  }

  give(assignments: readonly Assignment[], now: Seconds): void {
    // Answers come in batches, and each of them brings an assignment of its own: they leave together, in one record.
    if (this.#outgoing.length === 0) setImmediate(() => this.#send());
    for (const assignment of assignments) {
      this.#outgoing.push(assignment);
      this.#unanswered.set(assignment.task, { assignment, sent: Number.POSITIVE_INFINITY });
    }
    this.idleSince = null;
    // Short tasks are answered in a moment.
    this.pace.hurry();
    this.dueAt = seconds(Math.min(this.dueAt, now + this.pace.wait));
  }

  #send(): void {
    const assignments = this.#outgoing.splice(0);
    if (this.state.kind === "gone") return;
    for (let from = 0; from < assignments.length; from += mostInRecord) {
      const part = assignments.slice(from, from + mostInRecord);
      this.#mailbox.tell({ kind: "run", assignments: part });
      for (const assignment of part) {
        this.#unanswered.set(assignment.task, { assignment, sent: this.#mailbox.sent });
      }
    }
  }

  cancel(task: TaskId, grace: number): void {
    this.#send();
    if (this.#unanswered.has(task)) this.#mailbox.tell({ kind: "cancel", task, grace });
  }

  cancelAll(grace: number): void {
    this.#send();
    for (const task of this.#unanswered.keys()) this.#mailbox.tell({ kind: "cancel", task, grace });
  }

  tell(message: { readonly kind: "finish" } | { readonly kind: "abandoned" }): void {
    if (this.state.kind === "gone") return;
    this.#send();
    this.#mailbox.tell(message);
    this.pace.hurry();
  }

  showLife(keep: boolean): void {
    this.isKept = keep;
    this.#mailbox.tell({ kind: "alive", keep });
  }

  /** Reads what has come. `slow`: seconds between looks when nothing comes. @throws FileError */
  poll(now: Seconds, slow: number): void {
    if (this.state.kind === "gone") return;
    let news = false;
    const heard = this.#mailbox.poll(now, (message) => {
      // A sign of life brings nothing that more could follow on.
      news ||= message.kind !== "beat";
      this.#hear(message, now);
    });
    this.#isCatchingUp = false;
    if (heard.kind === "unusable") this.#listener.unusable(this, heard.message);
    if (news) this.pace.hurry();
    else this.pace.calm(slow);
    this.dueAt = seconds(now + this.pace.wait);
  }

  /** Nothing more is expected of it. Returns what it has not answered. */
  async end(why: string): Promise<readonly Assignment[]> {
    if (this.state.kind === "gone") return [];
    const left = this.unanswered;
    this.#unanswered.clear();
    const host = this.state.kind === "alive" ? this.state.hello.host : null;
    this.state = { kind: "gone", why, host };
    await this.#mailbox.close();
    return left;
  }

  #hear(message: FromPilot, now: Seconds): void {
    this.heardAt = now;
    this.heard += 1;
    switch (message.kind) {
      case "hello": {
        const endsAt = this.#endsAt ?? (message.endsIn === null ? null : seconds(now + message.endsIn));
        this.state = { kind: "alive", hello: message, endsAt };
        this.#listener.hello(this, message);
        return;
      }
      case "started": {
        const { task, attempt, lane } = message;
        if (message.of === this.#mailbox.number && this.#has(message)) {
          this.#listener.started(this, { task, attempt, lane });
        }
        return;
      }
      case "results":
        for (const result of message.results) this.#result(message.of, message.lane, result, now);
        return;
      case "declined":
        this.#declined(message, now);
        return;
      case "beat":
        this.#reconcile(message, now);
        return;
      case "warning":
        if (!this.#isCatchingUp) this.#listener.warning(message.message, message.hint);
        return;
      case "unfit":
        this.#listener.unfit(this, message.message);
        return;
      case "leaving":
        this.#listener.leaving(this, message.why);
        return;
      default:
        never(message);
    }
  }

  #result(of: number, lane: number, result: TaskResult, now: Seconds): void {
    if (of !== this.#mailbox.number) {
      this.#listener.earlier(this, of, { kind: "ended", lane, result });
      return;
    }
    if (!this.#has(result)) return;
    this.#answered(result.task, now);
    this.answered += 1;
    this.#listener.ended(this, lane, result);
  }

  #declined({ of, task, attempt }: TaskAttempt & { readonly of: number }, now: Seconds): void {
    if (of !== this.#mailbox.number) {
      this.#listener.earlier(this, of, { kind: "declined", task, attempt });
      return;
    }
    const held = this.#unanswered.get(task);
    if (held === undefined || held.assignment.attempt !== attempt) return;
    this.#answered(task, now);
    const limit = held.assignment.needs.time ?? seconds(0);
    this.refused = seconds(Math.min(limit, this.refused ?? limit));
    this.#listener.declined(this, held.assignment);
  }

  /** What it has read and neither has nor answered was lost on the way, to it or from it. */
  #reconcile(beat: Extract<FromPilot, { kind: "beat" }>, now: Seconds): void {
    if (beat.of !== this.#mailbox.number) return;
    this.#listener.holdsOfEarlier(this, beat.earlier);
    const holding = new Set(beat.holding.map(({ task, attempt }) => `${task}.${attempt}`));
    for (const [task, { assignment, sent }] of this.#unanswered) {
      if (sent > beat.heard || holding.has(`${task}.${assignment.attempt}`)) continue;
      this.#answered(task, now);
      this.#listener.declined(this, assignment);
    }
  }

  #has({ task, attempt }: TaskAttempt): boolean {
    return this.#unanswered.get(task)?.assignment.attempt === attempt;
  }

  #answered(task: TaskId, now: Seconds): void {
    this.#unanswered.delete(task);
    if (this.#unanswered.size === 0) this.idleSince = now;
  }
}

/** Records take 64 kB; a task is told in a few hundred bytes. */
const mostInRecord = 32;
