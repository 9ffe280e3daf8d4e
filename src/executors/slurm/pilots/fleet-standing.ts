// The pilots of one kind, as they stand now: what the balance of the fleet is decided by.
import type { KindStanding } from "./fleet-balance.ts";
import type { PilotJob } from "./pilot-job.ts";
import type { PilotKind } from "./pilot-kinds.ts";

export function standingOf(
  kind: PilotKind,
  of: {
    /** Those that are not over. */
    readonly jobs: readonly PilotJob[];
    /** Those that are being made ready for their submission. */
    readonly preparing: ReadonlySet<{ readonly kind: number }>;
    /** Kinds of which any was submitted. */
    readonly begun: ReadonlySet<number>;
  },
): KindStanding {
  const mine = of.jobs.filter((job) => job.kind.index === kind.index);
  const waiting = mine.filter((job) => job.isWaiting && job.state.kind === "submitted").reverse();
  const coming = [...of.preparing].filter((one) => one.kind === kind.index);
  const idle = mine.filter(({ nodes }) =>
    nodes.every(({ state, idleSince }) => state.kind === "alive" && idleSince !== null),
  );
  return {
    ...{ kind, begun: of.begun.has(kind.index), waiting: waiting.map(({ slot }) => slot) },
    ...{ running: mine.length - waiting.length + coming.length, idle: idle.map(({ slot }) => slot) },
  };
}
