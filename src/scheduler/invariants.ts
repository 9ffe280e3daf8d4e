// What must hold after every event, whatever happened. Most of the tables beside this file say again what follows
// from others, to say it quickly; here everything is worked out anew from the tasks' states and compared.

import { mayLookFurther } from "./admission.ts";
import { type Amounts, fitsIn, minus, type NeedClasses } from "./needs.ts";
import type { Parts } from "./parts.ts";
import { phase } from "./sample-rows.ts";
import { isFinal, post, state, stateNames } from "./task-table.ts";
import type { Worker } from "./workers.ts";

export type Depth = "quick" | "full";

export interface Progress {
  readonly mode: "idle" | "going" | "draining" | "cancelling" | "finished";
  /** The first row that has not been looked at. */
  readonly nextRow: number;
}

/** Empty when all is well. `quick` looks at sums, `full` at every task, sample and worker. */
export function violations(parts: Parts, progress: Progress, depth: Depth): readonly string[] {
  const found: string[] = [];
  const must = (holds: boolean, what: string): void => {
    if (!holds) found.push(what);
  };
  sums(parts, progress, must);
  if (depth === "full") {
    everyTask(parts, must);
    everyRow(parts, must);
    everyWorker(parts, must);
    everyCount(parts, must);
    if (progress.mode === "going") nothingIdle(parts, must);
  }
  return found;
}

type Must = (holds: boolean, what: string) => void;

function sums(parts: Parts, { mode, nextRow }: Progress, must: Must): void {
  const { layout, tasks, rows, workers, placement } = parts;
  let held = 0;
  for (let block = 0; block < layout.blockCount; block++) {
    held += tasks.count(block, state.assigned) + tasks.count(block, state.running);
  }
  must(held === tasks.held, "the number of held tasks is not that of assigned and running ones");
  must(workers.census.backlogged <= held, "more tasks in backlogs than workers have");
  must(rows.openCount >= 0 && rows.begunCount >= 0, "a negative number of samples");
  must(mode !== "finished" || (tasks.open === 0 && held === 0), "finished before every task was");
  must(mode !== "going" || tasks.open > 0, "every task has ended and nobody was told");
  must(
    mode === "finished" || mode === "idle" || mode === "going" || held > 0,
    "drained, and nobody was told",
  );
  if (mode !== "going") return;
  const looksOn = mayLookFurther(placement.load(), rows.openCount);
  must(nextRow === layout.sampleCount || !looksOn, "samples could be looked at and are not");
}

function everyTask(parts: Parts, must: Must): void {
  const { layout, tasks, rows, queue, workers } = parts;
  const counts = new Map<string, number>();
  const queued: number[] = [];
  let open = 0;
  for (let task = 0; task < layout.taskCount; task++) {
    const code = tasks.state(task);
    const block = layout.blockOf(task);
    const row = layout.rowOf(task);
    const key = `${block} ${code}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (!isFinal(code)) open++;
    if (code === state.queued) queued.push(task);
    const missing = layout.predecessors(block).filter((before) => {
      const theirs = tasks.state(layout.sibling(task, before));
      return theirs !== state.succeeded && theirs !== state.cached;
    }).length;
    must(tasks.missing(task) === missing, `task ${task} counts its predecessors wrongly`);
    const underway = code !== state.waiting && code !== state.skipped;
    must(!underway || missing === 0, `task ${task} is ${stateNames[code]} before its predecessors are done`);
    const untouched = rows.phase(row) === phase.untouched;
    must(
      !untouched || code === state.waiting || code === state.ready,
      `task ${task} went ahead of its sample`,
    );
    must(
      code < state.queued || !untouched || isFinal(code),
      `task ${task} runs in a sample nobody looked at`,
    );
    const held = code === state.assigned || code === state.running;
    const worker = workers.at(tasks.worker(task));
    must(held === (worker !== undefined), `task ${task} is ${stateNames[code]} at worker ${worker?.id}`);
    must(held === (tasks.post(task) !== post.none), `task ${task} has the wrong post`);
    const inBacklog = worker?.backlog.has(task) ?? false;
    must(inBacklog === (tasks.post(task) === post.backlog), `task ${task} is not where its post says`);
    must(!held || inBacklog !== worker?.occupying.has(task), `task ${task} is at its worker twice or not`);
  }
  must(open === tasks.open, "the number of tasks without an end is wrong");
  for (let block = 0; block < layout.blockCount; block++) {
    stateNames.forEach((name, code) => {
      must(
        (counts.get(`${block} ${code}`) ?? 0) === tasks.count(block, code),
        `block ${block}: ${name} miscounted`,
      );
    });
  }
  for (let block = 0; block < layout.blockCount; block++) {
    const begun = queued.filter((t) => layout.blockOf(t) === block && rows.hasBegun(layout.rowOf(t)));
    must(begun.length === queue.begunCount(block), `block ${block}: waiting in begun samples miscounted`);
  }
  const lined = [...queue.entries("begun"), ...queue.entries("fresh")].sort((a, b) => a - b);
  must(lined.join() === queued.join(), "the queue does not hold each queued task once");
}

function everyRow(parts: Parts, must: Must): void {
  const { layout, tasks, rows } = parts;
  const phases = [0, 0, 0, 0];
  let verdictsDue = 0;
  for (let row = 0; row <= layout.datasetRow; row++) {
    const at = rows.phase(row);
    phases[at] = (phases[at] ?? 0) + 1;
    const codes = Array.from({ length: layout.sizeOf(row) }, (_, i) => tasks.state(layout.firstOf(row) + i));
    const left = codes.filter((code) => !isFinal(code));
    must(left.length === rows.remaining(row), `row ${row} counts its tasks wrongly`);
    must(at !== phase.ended || left.length === 0, `row ${row} has ended before its tasks`);
    must(
      at === phase.untouched || at === phase.ended || left.length > 0,
      `row ${row} has nothing left and goes on`,
    );
    must(
      !rows.hasStopped(row) || left.every((code) => code >= state.assigned),
      `row ${row} goes on after its stop`,
    );
    must(
      codes.filter((code) => code === state.judging).length === rows.verdicts(row),
      `row ${row}: verdicts miscounted`,
    );
    if (at === phase.begun) verdictsDue += rows.verdicts(row);
    must(
      codes.filter((code) => code === state.skipped).length === rows.skipped(row),
      `row ${row} skipped miscounted`,
    );
  }
  must(verdictsDue === rows.verdictsDue, "verdicts for samples in progress are miscounted");
  must(phases[phase.open] === rows.openCount, "samples looked at are miscounted");
  must(phases[phase.begun] === rows.begunCount, "samples in progress are miscounted");
}

function everyWorker(parts: Parts, must: Must): void {
  const { layout, tasks, workers, classes, openings } = parts;
  const needOf = (task: number): Amounts | undefined =>
    classes.needs[classes.classOf[layout.blockOf(task)] ?? -1];
  let backlogged = 0;
  let places = 0;
  for (const worker of workers.all()) {
    let free = worker.all;
    for (const task of worker.occupying) free = minus(free, needOf(task) ?? worker.all);
    must(sameAmounts(free, worker.free), `worker ${worker.id}: free room miscounted`);
    must(
      free.cpus >= 0 && free.gpus >= 0 && free.memory >= 0,
      `worker ${worker.id} has more than it can run`,
    );
    const [nextUp] = worker.backlog;
    const waits = nextUp === undefined || !fitsIn(needOf(nextUp) ?? worker.all, worker.free);
    must(waits, `worker ${worker.id} has room for what waits in its backlog`);
    let besideLong = worker.all;
    for (const task of worker.occupying) {
      if (tasks.post(task) === post.long) besideLong = minus(besideLong, needOf(task) ?? worker.all);
    }
    must(
      sameAmounts(besideLong, worker.besideLong),
      `worker ${worker.id}: room beside long tasks miscounted`,
    );
    must(workers.at(worker.slot) === worker, `worker ${worker.id} is not in its slot`);
    for (const task of [...worker.occupying, ...worker.backlog]) {
      must(tasks.worker(task) === worker.slot, `worker ${worker.id} has task ${task} of another`);
      const kind = classes.kinds[classes.classOf[layout.blockOf(task)] ?? -1];
      must(kind === worker.kindOfPlace, `worker ${worker.id} has task ${task} of another kind of place`);
    }
    classes.needs.forEach((need, needClass) => {
      must(
        openings.listed(worker, needClass) ===
          (fits(classes, worker, needClass) && fitsIn(need, worker.free)),
        `worker ${worker.id}: room for class ${needClass} not as listed`,
      );
    });
    backlogged += worker.backlog.size;
    places += worker.places;
  }
  must(backlogged === workers.census.backlogged, "backlogs miscounted");
  must(places === workers.census.places, "places miscounted");
}

/** What is counted of workers by kind of place and by class of needs. */
function everyCount({ workers, classes }: Parts, must: Must): void {
  const all = [...workers.all()];
  for (const kind of classes.kindsInUse) {
    const its = all.filter((worker) => worker.kindOfPlace === kind);
    const taking = its.filter((worker) => classes.needs.some((_, c) => fits(classes, worker, c)));
    const counted = workers.census.ofKind(kind);
    must(counted.workers === its.length, `workers of kind ${kind} miscounted`);
    must(counted.places === total(taking, (worker) => worker.places), `places of kind ${kind} miscounted`);
    const waiting = total(its, (worker) => worker.backlog.size);
    must(counted.backlogged === waiting, `backlogs of kind ${kind} miscounted`);
  }
  const lacking = classes.kindsInUse.some((kind) => all.every((worker) => worker.kindOfPlace !== kind));
  must(workers.census.lacksKinds === lacking, "kinds without a worker miscounted");
  classes.needs.forEach((_, c) => {
    const takers = all.filter((worker) => fits(classes, worker, c));
    const large = all.filter((worker) => fits(classes, { ...worker, longest: Number.POSITIVE_INFINITY }, c));
    must(takers.length === workers.census.takers(c), `workers for class ${c} miscounted`);
    must(large.length === workers.census.largeEnough(c), `workers large enough for class ${c} miscounted`);
  });
}

/** Worked out anew: may the worker be given a task of the class when it is empty? */
function fits(
  classes: NeedClasses,
  worker: Pick<Worker, "all" | "kindOfPlace" | "longest">,
  needClass: number,
): boolean {
  const { kinds, needs, times } = classes;
  const need = needs[needClass];
  if (need === undefined || kinds[needClass] !== worker.kindOfPlace || worker.longest <= 0) return false;
  return fitsIn(need, worker.all) && (times[needClass] ?? 0) <= worker.longest;
}

const total = (workers: readonly Worker[], of: (worker: Worker) => number): number =>
  workers.reduce((sum, worker) => sum + of(worker), 0);

/** No worker has room for a queued task that may be begun. */
function nothingIdle(parts: Parts, must: Must): void {
  const { layout, queue, workers, classes, placement } = parts;
  const candidates = [
    ...queue.entries("begun"),
    ...(placement.mayBegin("now") ? queue.entries("fresh") : []),
  ];
  const needed = new Set(candidates.map((task) => classes.classOf[layout.blockOf(task)] ?? -1));
  const idle = (worker: Worker): boolean =>
    [...needed].some((needClass) => {
      const need = classes.needs[needClass];
      return need !== undefined && fits(classes, worker, needClass) && fitsIn(need, worker.free);
    });
  for (const worker of workers.all())
    must(!idle(worker), `worker ${worker.id} is idle and there is work for it`);
}

const sameAmounts = (a: Amounts, b: Amounts): boolean =>
  a.cpus === b.cpus && a.gpus === b.gpus && a.memory === b.memory;
