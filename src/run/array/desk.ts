// What a task that runs without a launcher has to know before it begins: the sample as the blocks before it have left it, in
// this run or an earlier one. Made of few small files, however large the run is; only a block over the dataset reads all.
import { readCheckpoint } from "../../cache/checkpoint-read.ts";
import { PrivateMemory } from "../../cache/private-memory.ts";
import type { SampleId, TaskId } from "../../core/ids.ts";
import { never } from "../../core/never.ts";
import { freshSample, type SampleState, withChanges } from "../../core/sample.ts";
import type { TaskName } from "../../core/task.ts";
import { blockGraph } from "../../plan/graph.ts";
import type { Assignment } from "../../protocol/assignment.ts";
import { idsOf, validSamplesOf } from "../aggregate.ts";
import { deadAttempts } from "../dead-attempts.ts";
import type { Judging } from "../judging.ts";
import { createOutputs, type Outputs } from "../outputs.ts";
import { SampleStore } from "../sample-store.ts";
import { type AccountListener, RunAccount } from "./account.ts";
import { judgingOf, type PreparedRun, sampleAt } from "./judging-of-work.ts";
import { memoryOf, readAllRemembered, readRemembered, untouched } from "./remembered-samples.ts";
import { type Left, listShelf, nothingLeft, readEnding, type Shelf, shelfOf } from "./results-folder.ts";
import type { TaskEnding } from "./task-ending.ts";

/** Everything is there, and the task can be judged. */
export interface Desk {
  readonly kind: "ready";
  readonly memory: PrivateMemory;
  readonly judging: Judging;
  readonly outputs: Outputs;
  readonly target: Assignment["target"];
  /** How it ended when somebody ran it before, in this run; null where nobody has. */
  readonly before: TaskEnding | null;
}

/** Why a task is not to begin. `missing`: nobody has run the one before it, or not to its end. */
export interface NotReached {
  readonly kind: "not-reached";
  readonly of: TaskName;
  readonly why: "missing" | "failed" | "issue" | "not-retried" | "misfit";
}

/** @throws FileError where what it needs cannot be read. */
export function deskFor(prepared: PreparedRun, task: TaskId): Desk | NotReached {
  const { sampleIndex, blockIndex } = prepared.plan.positionOf(task);
  return sampleIndex === null
    ? datasetDesk(prepared, task)
    : sampleDesk(prepared, { task, index: sampleIndex, block: blockIndex });
}

function sampleDesk(
  prepared: PreparedRun,
  of: { readonly task: TaskId; readonly index: number; readonly block: number },
): Desk | NotReached {
  const { plan, folder, order } = prepared;
  const sample = sampleAt(plan, of.index);
  const remembered = readRemembered(folder, of.index);
  if (remembered.stops.includes(of.block)) {
    return { kind: "not-reached", of: plan.describe(of.task), why: "not-retried" };
  }
  const memory = memoryOf(remembered, order);
  const outputs = outputsOf(prepared, memory);
  const judging = judgingOf(prepared, { memory, outputs });
  const left = createLooking(folder);
  let state: SampleState = freshSample(sample);
  for (const block of plan.graph.ancestors[of.block] ?? []) {
    const task = plan.taskOf(of.index, block);
    const name = plan.describe(task);
    if (remembered.stops.includes(block)) return { kind: "not-reached", of: name, why: "not-retried" };
    const ending = remembered.standing.includes(block) ? standing : readEnding(folder, task, left(task));
    const record = recordOf(ending, () => memory.get(name.block, sample));
    if (typeof record === "string") return { kind: "not-reached", of: name, why: record };
    if (ending?.how.kind === "ran" && record.key.before !== judging.key(block, sample).before)
      return { kind: "not-reached", of: name, why: "misfit" };
    if (record.outcome.kind === "issue") return { kind: "not-reached", of: name, why: "issue" };
    if (ending?.how.kind === "ran") memory.put(record);
    judging.changed(sample);
    judging.settle(block, record);
    state = withChanges(state, name.block, record.changes);
  }
  const before = readEnding(folder, of.task, left(of.task));
  return { kind: "ready", memory, judging, outputs, target: { kind: "sample", sample: state }, before };
}

function outputsOf({ dataPath, order, work }: PreparedRun, memory: PrivateMemory): Outputs {
  return createOutputs({
    ...{ dataPath, memory, order, graph: blockGraph(work.specs), run: work.run, onTouched: () => {} },
    appearedUnderDead: deadAttempts(dataPath),
  });
}

type Standing = Pick<TaskEnding, "how">;
const standing: Standing = { how: { kind: "stands" } };

/** What is to be remembered of a task before this one, or why there is nothing. */
function recordOf<Record>(
  ending: Pick<TaskEnding, "how"> | null,
  remembered: () => Record | null,
): Record | NonNullable<Extract<TaskEnding["how"], { kind: "ran" }>["record"]> | NotReached["why"] {
  if (ending === null) return "missing";
  switch (ending.how.kind) {
    case "stands":
      return remembered() ?? "missing";
    case "not-retried":
      return "not-retried";
    case "ran":
      return ending.how.record ?? "failed";
    default:
      return never(ending.how);
  }
}

/** All samples have to have ended; their records are written first, because the block may read them. */
function datasetDesk(prepared: PreparedRun, task: TaskId): Desk | NotReached {
  const { plan, folder, dataPath, order } = prepared;
  const memory = new PrivateMemory(readCheckpoint(dataPath, order).remembered);
  const outputs = outputsOf(prepared, memory);
  const judging = judgingOf(prepared, { memory, outputs });
  const starts = [...readAllRemembered(folder)];
  let valid: readonly SampleId[] = [];
  const account = new RunAccount({
    ...{ prepared, memory, judging, listener: nobody },
    samples: new SampleStore({
      ...{ dataPath, samples: plan.samples, order, rewriteAll: false },
      ...{ allBlocks: plan.blocks.length === order.length, isSuspect: () => false },
      ...{ onUnfinished: () => {}, onPutRight: () => {} },
    }),
    start: (index) => starts[index] ?? untouched,
    validSamples: () => {
      valid = idsOf(validSamplesOf(dataPath));
      return valid;
    },
  });
  account.begin();
  const left = createLooking(folder);
  for (let other = 0; other < task; other++) {
    const id = other as TaskId;
    const ending = account.isOpen(id) ? readEnding(folder, id, left(id)) : null;
    if (ending !== null) account.take(ending);
  }
  for (let other = 0; other < task; other++) {
    if (account.isOpen(other as TaskId)) {
      return { kind: "not-reached", of: plan.describe(other as TaskId), why: "missing" };
    }
  }
  if (!account.isDue(task)) {
    return { kind: "not-reached", of: plan.describe((task - 1) as TaskId), why: "failed" };
  }
  const before = readEnding(folder, task, left(task));
  return { kind: "ready", memory, judging, outputs, target: { kind: "dataset", valid }, before };
}

/** Each folder is listed once. */
function createLooking(folder: string): (task: TaskId) => Left {
  const shelves = new Map<Shelf, ReadonlyMap<TaskId, Left>>();
  return (task) => {
    const shelf = shelfOf(task);
    const listed = shelves.get(shelf) ?? listShelf(folder, shelf);
    shelves.set(shelf, listed);
    return listed.get(task) ?? nothingLeft;
  };
}

const nobody: AccountListener = {
  cached: () => {},
  ran: () => {},
  lost: () => {},
  sampleEnded: () => {},
  misfit: () => {},
};
