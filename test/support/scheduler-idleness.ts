// Does anybody wait who need not? Looks at every task and every worker, for histories of some dozens of tasks.
// Each answer is what is wrong, or null.

import { type TaskId, taskId } from "../../src/core/ids.ts";
import type { Scheduler } from "../../src/scheduler/scheduler.ts";
import type { Place, Seen } from "./scheduler-facts.ts";
import type { SchedulerModel } from "./scheduler-model.ts";

/** Nobody has room for a task that may be begun. */
export function nobodyIdle(model: SchedulerModel, inProgress: number): string | null {
  const { placesAtOnce: places } = model;
  // Backlogs allow more samples and take no room: counted in, they make this question milder, never wrong.
  const counted = Math.min(inProgress, model.goingOn());
  const mayBegin = counted < places + 2 + Math.ceil(places / 8) && model.held + model.askedBegun < places;
  for (const [worker, place] of model.places) {
    for (let index = 0; index < model.tasks.length; index++) {
      const id = taskId(index);
      if (model.task(id).seen !== "stale" || !(mayBegin || model.sampleOf(id).begun)) continue;
      if (takes(model, id, place)) return `${worker} is idle and task ${id} waits`;
    }
  }
  return null;
}

/** A task is given to this place: none that comes before it would have fitted there. */
export function nothingEarlierFits(model: SchedulerModel, id: TaskId, place: Place): string | null {
  const begun = model.sampleOf(id).begun;
  for (let index = 0; index < model.tasks.length; index++) {
    const other = taskId(index);
    if (other === id || model.task(other).seen !== "stale") continue;
    const otherBegun = model.sampleOf(other).begun;
    const earlier = otherBegun === begun ? other < id : otherBegun;
    if (earlier && takes(model, other, place)) return `task ${id} is given away and task ${other} waits`;
  }
  return null;
}

/** What the scheduler says a task waits for is what it waits for. */
export function reasonIsTrue(model: SchedulerModel, scheduler: Scheduler, index: number): string | null {
  const id = taskId(index);
  const { seen } = model.task(id);
  const said = scheduler.waitingFor(id);
  const allowed = reasons(model, id)[seen] ?? ["nothing"];
  if (!allowed.includes(said.kind)) return `task ${id} is ${seen} and waits for ${said.kind}`;
  if (said.kind === "predecessors" && said.tasks.some((t) => !waits(model.task(t).seen))) {
    return `task ${id} waits for what is done`;
  }
  const oldest = said.kind === "earlier-samples" ? model.samples[said.oldest] : undefined;
  return oldest?.ended ? `task ${id} waits for a sample that has ended` : null;
}

function reasons(model: SchedulerModel, id: TaskId): Partial<Record<Seen, readonly string[]>> {
  const large = [...model.places.values()].filter((place) => model.fits(id, place, "all"));
  const longEnough = large.some((place) => model.inTime(id, place));
  const room = large.some((place) => takes(model, id, place));
  const { sampleIndex, blockIndex } = model.setup.plan.positionOf(id);
  const first = (model.setup.plan.graph.predecessors[blockIndex] ?? []).length === 0;
  const tooSmall = large.length === 0 ? "no-worker-large-enough" : "no-worker-long-enough";
  const someWorker = longEnough ? [room ? "earlier-samples" : "busy-workers"] : [tooSmall];
  // With backlogs a worker may look full from here and have room by the scheduler's own count.
  if (longEnough && model.setup.prefetch.most > 0) someWorker.push("earlier-samples", "busy-workers");
  const untouched = first ? "earlier-samples" : "predecessors";
  return {
    untouched: sampleIndex === null ? ["samples", "predecessors"] : [untouched],
    asked: ["verdict"],
    stale: model.kindIsThere(id) ? someWorker : ["no-worker"],
  };
}

const takes = (model: SchedulerModel, id: TaskId, place: Place): boolean =>
  model.fits(id, place, "free") && model.inTime(id, place);

const waits = (seen: Seen): boolean => seen !== "succeeded" && seen !== "cached";
