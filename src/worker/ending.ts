// Whether a task has to end before it has ended by itself: its time is over, or the run does not want it any more.
import type { Failure } from "../core/failure.ts";
import type { Seconds } from "../core/ids.ts";
import { EndNow } from "./task-runner.ts";

export interface EndOrder {
  readonly failure: Failure;
  /** Seconds between TERM and KILL. */
  readonly grace: number;
}

export interface Ending extends Disposable {
  /** Resolves when the order comes; never, where the task ends before. */
  readonly ordered: Promise<EndOrder>;
  /** The order that has come; null until then. */
  readonly order: EndOrder | null;
}

/** `limit` in seconds from now. The first order counts. */
export function watchEnding(
  signal: AbortSignal,
  limit: Seconds | null,
  grace: { readonly seconds: number },
): Ending {
  let order: EndOrder | null = null;
  let timer: NodeJS.Timeout | undefined;
  const { promise, resolve } = Promise.withResolvers<EndOrder>();
  const give = (failure: Failure, seconds: number) => {
    if (order !== null) return;
    order = { failure, grace: seconds };
    resolve(order);
  };
  const cancelled = () => {
    const { reason } = signal;
    give({ kind: "cancelled" }, reason instanceof EndNow ? reason.grace : grace.seconds);
  };
  if (limit !== null) {
    // Timers take 32 bits of milliseconds: a limit of a month would be over at once.
    const milliseconds = Math.min(limit * 1000, 2 ** 31 - 1);
    timer = setTimeout(() => give({ kind: "timeout", limit }, grace.seconds), milliseconds);
  }
  if (signal.aborted) cancelled();
  else signal.addEventListener("abort", cancelled);
  return {
    ordered: promise,
    get order() {
      return order;
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", cancelled);
    },
  };
}
