// What a task that ran without a launcher leaves for whoever comes: how it ended, with all that the checkpoint is to remember
// of it. Whole or absent: a file that says less would be taken for less.
import type { TaskRecord } from "../../cache/record.ts";
import { decodeRecord, encodeRecord } from "../../cache/record-text.ts";
import {
  type Attempt,
  attempt,
  type BlockName,
  blockName,
  type Moment,
  moment,
  type SampleId,
  sampleId,
  type TaskId,
  taskId,
} from "../../core/ids.ts";
import type { Outcome, Usage } from "../../core/outcome.ts";
import { outcome, usage } from "../../protocol/check-parts.ts";
import { list, Mismatch, number, object, orNull, text } from "../../protocol/fields.ts";

/** One try of it. */
export interface EndedAttempt {
  readonly attempt: Attempt;
  readonly outcome: Outcome;
  readonly usage: Usage;
  /** By the clock of the node. */
  readonly started: Moment;
  readonly ended: Moment;
  /** Relative to the run's folder; null where it printed nothing. */
  readonly log: string | null;
  readonly tail: readonly string[];
}

/** Who ran it. */
export interface RanBy {
  readonly host: string;
  readonly pid: number;
  /** `17_3`, or null where no Slurm job did. */
  readonly job: string | null;
  /** How often Slurm had started that job before. */
  readonly restart: number;
}

export interface TaskEnding {
  readonly task: TaskId;
  readonly block: BlockName;
  readonly sample: SampleId | null;
  readonly by: RanBy;
  readonly how: /** `record` is null where it failed; `attempts` are in order, the last one counts. */
    | {
        readonly kind: "ran";
        readonly attempts: readonly [EndedAttempt, ...EndedAttempt[]];
        readonly record: TaskRecord | null;
      }
    /** What is remembered of it stands: the blocks before it have left the sample as it was. */
    | { readonly kind: "stands" }
    /** It would have to run, and was not to. */
    | { readonly kind: "not-retried" };
}

//   1  first
const endingFormat = { format: "pipe-task-ending", version: 1 } as const;

export function lastAttempt(attempts: readonly [EndedAttempt, ...EndedAttempt[]]): EndedAttempt {
  return attempts.at(-1) ?? attempts[0];
}

export function endingText({ task, block, sample, by, how }: TaskEnding): string {
  const json = { ...endingFormat, task, block, sample, by, kind: how.kind };
  if (how.kind !== "ran") return `${JSON.stringify(json)}\n`;
  const record = how.record === null ? "null" : encodeRecord(how.record);
  return `${JSON.stringify({ ...json, attempts: how.attempts }).slice(0, -1)},"record":${record}}\n`;
}

/** Null where it cannot be understood: such a file counts as none. */
export function parseEnding(json: string): TaskEnding | null {
  try {
    const fields = object(JSON.parse(json), "ending");
    if (fields.format !== endingFormat.format || fields.version !== endingFormat.version) return null;
    const block = blockName(text(fields.block, "block"));
    const sample = orNull(fields.sample, (v) => sampleId(number(v, "sample")));
    const by = object(fields.by, "by");
    return {
      ...{ task: taskId(number(fields.task, "task")), block, sample },
      by: {
        host: text(by.host, "host"),
        pid: number(by.pid, "pid"),
        job: orNull(by.job, (v) => text(v, "job")),
        restart: number(by.restart, "restart"),
      },
      how: howIn(fields, { block, sample }),
    };
  } catch (error) {
    if (!(error instanceof Mismatch || error instanceof SyntaxError || error instanceof RangeError))
      throw error;
    return null;
  }
}

function howIn(
  fields: Readonly<Record<string, unknown>>,
  whose: { readonly block: BlockName; readonly sample: SampleId | null },
): TaskEnding["how"] {
  switch (fields.kind) {
    case "stands":
    case "not-retried":
      return { kind: fields.kind };
    case "ran": {
      const [first, ...others] = list(fields.attempts, "attempts").map(attemptIn);
      if (first === undefined) throw new Mismatch("no attempt");
      if (fields.record === null) return { kind: "ran", attempts: [first, ...others], record: null };
      const decoded = decodeRecord(fields.record, whose);
      if (decoded.kind !== "record") throw new Mismatch("`record` is none");
      return { kind: "ran", attempts: [first, ...others], record: decoded.record };
    }
    default:
      throw new Mismatch("`kind` is none that is known");
  }
}

function attemptIn(value: unknown): EndedAttempt {
  const fields = object(value, "attempt");
  return {
    attempt: attempt(number(fields.attempt, "attempt")),
    outcome: outcome(fields.outcome),
    usage: usage(fields.usage),
    started: moment(number(fields.started, "started")),
    ended: moment(number(fields.ended, "ended")),
    log: orNull(fields.log, (v) => text(v, "log")),
    tail: list(fields.tail, "tail").map((line) => text(line, "tail")),
  };
}
