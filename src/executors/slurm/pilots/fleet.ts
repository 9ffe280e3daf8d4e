// How many pilots there should be. Pure: asked again whenever the work or the pilots have changed. Too few make the run slow,
// too many burn the allocation of somebody who is not looking.
import type { Demand } from "../../../core/demand.ts";
import type { Capacity, Resources } from "../../../core/resources.ts";
import type { PilotKind } from "./pilot-kinds.ts";
import type { PilotSettings } from "./pilot-settings.ts";

/** The pilots of one kind, as jobs. */
export interface Standing {
  /** Submitted, not running yet, in the order in which they can be done without. */
  readonly waiting: readonly string[];
  readonly running: number;
}

export interface FleetPlan {
  readonly submit: number;
  /** Waiting jobs that are not needed any more. */
  readonly cancel: readonly string[];
}

/**
 * @param phase `first`: nothing of this kind was submitted yet: as many as `initPilots` says. `later`: as many as there is
 * work for.
 */
export function planFleet(
  kind: PilotKind,
  of: {
    readonly wanted: readonly Demand[];
    readonly standing: Standing;
    readonly settings: PilotSettings;
    /** How many more of all kinds are allowed. */
    readonly room: number;
    readonly phase: "first" | "later";
  },
): FleetPlan {
  const { settings, standing, room, phase } = of;
  const mine = of.wanted.filter((wanted) => wanted.kindOfPlace === kind.index);
  const ready = mine.reduce((sum, wanted) => sum + wanted.ready, 0);
  const useful = pilotsFor(mine, kind, settings);
  const have = standing.waiting.length + standing.running;
  // Where nothing can run, what may come is no reason yet: it may all be remembered.
  if (ready === 0)
    return { submit: 0, cancel: standing.waiting.slice(0, Math.max(0, have - settings.minPilots)) };
  const target = Math.max(
    settings.minPilots,
    phase === "first" ? Math.min(useful, settings.initPilots) : useful,
  );
  const submit = Math.min(target - have, room);
  if (submit > 0) return { submit, cancel: [] };
  return {
    submit: 0,
    cancel: standing.waiting.slice(0, Math.max(0, have - Math.max(useful, settings.minPilots))),
  };
}

/** How many pilots could be busy at once. */
function pilotsFor(wanted: readonly Demand[], kind: PilotKind, settings: PilotSettings): number {
  let nodes = 0;
  for (const { ready, ahead, ...needs } of wanted) {
    const tasks = Math.ceil((ready + ahead) * settings.parallelism);
    nodes += tasks / Math.max(1, placesOn(kind.perNode, needs));
  }
  const pilots = Math.ceil(nodes / settings.nodesPerPilot);
  return Math.min(settings.maxPilots, nodes > 0 ? Math.max(1, pilots) : 0);
}

function placesOn(node: Capacity, needs: Resources): number {
  const times = [Math.floor(node.cpus / needs.cpus)];
  if (needs.gpus > 0) times.push(Math.floor(node.gpus / needs.gpus));
  if (needs.memory !== null && node.memory !== null) times.push(Math.floor(node.memory / needs.memory));
  return Math.min(...times);
}
