// Keeps worker processes within the limits of their tasks. The worker itself ends programs whose time is over; this is for
// code that never looks up, and for memory. It looks only while a task with a limit runs.
import type { Failure } from "../core/failure.ts";
import { type Bytes, bytes, seconds } from "../core/ids.ts";
import type { Assignment } from "../protocol/assignment.ts";
import { monotonic } from "../system/clock.ts";
import { familyOf } from "../system/process-list.ts";
import { proportionalMemory, residentMemory } from "../system/process-memory.ts";
import type { WorkerProcess } from "./worker-process.ts";

export interface LimitTiming {
  /** Seconds between two looks. */
  readonly interval: number;
  /** How long after the end of its time a task may still be ended by its own worker. */
  readonly slack: number;
  /** Seconds between TERM and KILL, which a worker grants to what it ends. */
  readonly grace: number;
}

export class LimitWatch {
  readonly #timing: LimitTiming;
  readonly #over: (process: WorkerProcess, failure: Failure) => void;
  readonly #watched = new Map<WorkerProcess, { readonly own: number; peak: number }>();
  #timer: NodeJS.Timeout | undefined;

  /** `over` is told of each process once for each thing it is given. */
  constructor(timing: LimitTiming, over: (process: WorkerProcess, failure: Failure) => void) {
    this.#timing = timing;
    this.#over = over;
  }

  /** Call when an idle process is given something; its own memory now is no task's. */
  began(process: WorkerProcess): void {
    const [first] = process.unanswered;
    if (first === undefined || (first.needs.time === null && first.needs.memory === null)) return;
    const own = first.needs.memory === null ? 0 : (residentMemory(process.pid) ?? 0);
    this.#watched.set(process, { own, peak: 0 });
    this.#timer ??= setInterval(() => this.#look(), this.#timing.interval * 1000);
  }

  /** Call when a process has nothing to do any more, or is gone. */
  ended(process: WorkerProcess): void {
    this.#watched.delete(process);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** The most memory that was seen of the tasks it has been at since it was idle. */
  peak(process: WorkerProcess): Bytes | null {
    const peak = this.#watched.get(process)?.peak ?? 0;
    return peak === 0 ? null : bytes(peak);
  }

  #look(): void {
    for (const [process, seen] of this.#watched) {
      const [first] = process.unanswered;
      const failure = first === undefined ? null : this.#failure(process, first, seen);
      if (failure === null) continue;
      this.ended(process);
      this.#over(process, failure);
    }
  }

  #failure(process: WorkerProcess, first: Assignment, seen: { own: number; peak: number }): Failure | null {
    const { memory, time } = first.needs;
    if (memory !== null) {
      const used = memoryOf(process.pid, seen.own, memory);
      seen.peak = Math.max(seen.peak, used);
      if (used > memory) return { kind: "out-of-memory", limit: memory, peak: bytes(used) };
    }
    if (time === null) return null;
    const { slack, grace } = this.#timing;
    const { since, endingSince } = process;
    // One that still looks up is ending the task itself, and politely; one that does not is killed.
    const patience = endingSince === null ? since + time + slack : endingSince + grace + slack;
    return monotonic() > patience ? { kind: "timeout", limit: seconds(time) } : null;
  }
}

/** Resident memory of the family without what the worker itself had before; counted dearly only where it matters. */
function memoryOf(pid: number, own: number, limit: number): number {
  const family = familyOf(pid);
  const sum = (of: (pid: number) => number | null) =>
    Math.max(0, family.reduce((total, member) => total + (of(member) ?? 0), 0) - own);
  const resident = sum(residentMemory);
  if (resident <= limit || family.length === 1) return resident;
  // Children that were forked over one large array share it: adding up would count it once for each.
  return sum((member) => proportionalMemory(member) ?? residentMemory(member));
}
