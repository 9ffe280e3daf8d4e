// Tells an executor that asks for its places how much work there is for them. At most once in a turn of the event
// loop and only when it has changed: a thousand results that come at once are one reason to think about places.
import type { Demand } from "../core/demand.ts";
import type { Executor } from "../executors/executor.ts";

export interface DemandSource {
  readonly executor: Executor;
  readonly demand: () => readonly Demand[];
  /** Asked when the time comes: may the executor still be told something? */
  readonly isOpen: () => boolean;
}

/** Calls to the result say that something may have changed. */
export function demandTold({ executor, demand, isOpen }: DemandSource): () => void {
  if (executor.demand === undefined) return () => {};
  let due = false;
  let told: readonly Demand[] = [];
  const tell = (): void => {
    due = false;
    if (!isOpen()) return;
    const now = demand();
    if (sameFigures(now, told)) return;
    told = now;
    executor.demand?.(now);
  };
  return () => {
    if (due) return;
    due = true;
    setImmediate(tell);
  };
}

/** The needs themselves never change, nor their order. */
function sameFigures(some: readonly Demand[], others: readonly Demand[]): boolean {
  if (some.length !== others.length) return false;
  return some.every(({ ready, ahead }, i) => ready === others[i]?.ready && ahead === others[i]?.ahead);
}
