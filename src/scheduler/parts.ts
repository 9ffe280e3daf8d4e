// What a scheduler is made of, put together once. The files beside this one each own one of these parts; the
// door (scheduler.ts), the course of samples, the reasons and the invariants all look at the same set.

import type { Resources } from "../core/resources.ts";
import { Durations, type Prefetch } from "./durations.ts";
import { Layout, type PlanShape } from "./layout.ts";
import { type NeedClasses, needClasses } from "./needs.ts";
import { Openings } from "./openings.ts";
import { Placement } from "./placement.ts";
import { ReadyQueue } from "./ready-queue.ts";
import { SampleRows } from "./sample-rows.ts";
import { TaskTable } from "./task-table.ts";
import { type Widths, widthsOf } from "./widths.ts";
import { Workers } from "./workers.ts";

export interface PartsOptions {
  readonly plan: PlanShape;
  readonly needs: readonly Resources[];
  readonly retries: readonly number[];
  readonly losses: number;
  readonly prefetch: Prefetch;
  readonly kinds: readonly number[];
  readonly lookAhead: number;
}

export interface Parts {
  readonly layout: Layout;
  readonly tasks: TaskTable;
  readonly rows: SampleRows;
  readonly queue: ReadyQueue;
  readonly classes: NeedClasses;
  readonly workers: Workers;
  readonly durations: Durations;
  readonly openings: Openings;
  readonly placement: Placement;
  readonly widths: Widths;
  /** By block. */
  readonly needs: readonly Resources[];
  readonly retries: readonly number[];
  readonly losses: number;
}

export const isKind = (kind: number): boolean => Number.isInteger(kind) && kind >= 0;

export function createParts(options: PartsOptions): Parts {
  const { plan, needs, retries, losses, prefetch, kinds, lookAhead } = options;
  const layout = new Layout(plan);
  const { blockCount } = layout;
  if (needs.length !== blockCount || retries.length !== blockCount || kinds.length !== blockCount) {
    const counts = `needs of ${needs.length}, retries of ${retries.length} and kinds of ${kinds.length}`;
    throw new RangeError(`${blockCount} blocks, but ${counts}`);
  }
  for (const kind of kinds) if (!isKind(kind)) throw new RangeError(`${kind} is no kind of place`);
  if (!(lookAhead >= 0)) throw new RangeError(`nobody can look ahead by ${lookAhead}`);
  for (const count of [...retries, losses]) {
    if (!(Number.isInteger(count) && count >= 0 && count < 0xffff)) {
      throw new RangeError(`${count} is no number of further attempts`);
    }
  }
  const tasks = new TaskTable(layout);
  const rows = new SampleRows(layout);
  const queue = new ReadyQueue(layout, tasks, rows);
  const classes = needClasses(needs, kinds);
  const workers = new Workers(layout, tasks, classes);
  const durations = new Durations(blockCount, prefetch);
  const openings = new Openings(workers, classes, durations);
  const { sampleBlockCount } = plan.graph;
  const placement = new Placement({
    ...{ blockCount, sampleBlockCount, tasks, rows, queue, workers, openings, durations },
    ...{ classes, lookAhead },
  });
  return {
    layout,
    tasks,
    rows,
    queue,
    classes,
    workers,
    durations,
    openings,
    placement,
    widths: widthsOf(layout, classes),
    needs,
    retries,
    losses,
  };
}
