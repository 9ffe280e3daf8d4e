// Pilots of several kinds under one limit. Where the first kind took all of them, tasks that need another would wait until the
// first ones have been idle for long; so the limit is shared by all kinds that have work, and what is idle makes room. Pure.
import type { Demand } from "../../../core/demand.ts";
import { planFleet, type Standing } from "./fleet.ts";
import type { PilotKind } from "./pilot-kinds.ts";
import type { PilotSettings } from "./pilot-settings.ts";

export interface KindStanding extends Standing {
  readonly kind: PilotKind;
  /** Running, with nothing to do. */
  readonly idle: readonly string[];
  /** Whether any was submitted before. */
  readonly begun: boolean;
}

export interface Balance {
  readonly submit: readonly { readonly kind: PilotKind; readonly count: number }[];
  /** Waiting jobs that are not needed any more. */
  readonly cancel: readonly string[];
  /** Idle ones that another kind's tasks need the room of. */
  readonly release: readonly string[];
}

/** @param mayGrow whether it is time for more than the first pilots of a kind. */
export function balanceFleet(of: {
  readonly standings: readonly KindStanding[];
  readonly demand: readonly Demand[];
  readonly settings: PilotSettings;
  readonly mayGrow: boolean;
}): Balance {
  const { standings, demand, settings, mayGrow } = of;
  const have = ({ waiting, running }: Standing): number => waiting.length + running;
  const withWork = standings.filter(
    ({ kind }) => sumOf(demand, kind, ({ ready, ahead }) => ready + ahead) > 0,
  );
  const share = Math.max(1, Math.floor(settings.maxPilots / Math.max(1, withWork.length)));
  let room = settings.maxPilots - standings.reduce((sum, one) => sum + have(one), 0);
  const submit: { kind: PilotKind; count: number }[] = [];
  const cancel: string[] = [];
  for (const standing of standings) {
    const { kind, begun } = standing;
    if (begun && !mayGrow) continue;
    const plan = planFleet(kind, {
      ...{ wanted: demand, standing, room, phase: begun ? "later" : "first" },
      settings: { ...settings, maxPilots: share },
    });
    room -= plan.submit;
    if (plan.submit > 0) submit.push({ kind, count: plan.submit });
    cancel.push(...plan.cancel);
  }
  const readyOf = (one: KindStanding): number => sumOf(demand, one.kind, ({ ready }) => ready);
  const starving = standings.filter((one) => have(one) === 0 && readyOf(one) > 0);
  const missing =
    starving.length - submit.filter(({ kind }) => starving.some((one) => one.kind === kind)).length;
  const idle = standings.filter((one) => readyOf(one) === 0).flatMap((one) => one.idle);
  return { submit, cancel, release: room > 0 ? [] : idle.slice(0, Math.max(0, missing)) };
}

const sumOf = (demand: readonly Demand[], kind: PilotKind, of: (one: Demand) => number): number =>
  demand.filter((one) => one.kindOfPlace === kind.index).reduce((sum, one) => sum + of(one), 0);
