// What came from another process, checked once: a typed message from then on, or what is wrong with it. Values of a
// sample are only checked for their outermost shape: what came out of JSON.parse is JSON all through.
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import type { Failure } from "../core/failure.ts";
import {
  attempt,
  type Bytes,
  blockName,
  bytes,
  moment,
  type SampleId,
  type Seconds,
  sampleId,
  seconds,
  taskId,
} from "../core/ids.ts";
import type { FileRecord, Manifest } from "../core/manifest.ts";
import type { Outcome, Usage } from "../core/outcome.ts";
import type { Resources } from "../core/resources.ts";
import type { BlockValues, SampleChanges, SampleState } from "../core/sample.ts";
import type { FromWorker, TaskResult } from "./answer.ts";
import type { Assignment, ToWorker } from "./assignment.ts";
import { isFailure } from "./check-failure.ts";

export type Checked<Message> =
  | { readonly kind: "good"; readonly message: Message }
  | { readonly kind: "bad"; readonly diagnostic: Diagnostic };

/** What a worker is told. */
export const checkToWorker = (value: unknown): Checked<ToWorker> => checked("launcher", value, toWorker);

/** What a worker says. */
export const checkFromWorker = (value: unknown): Checked<FromWorker> => checked("worker", value, fromWorker);

class Mismatch extends Error {}

type Fields = { readonly [key: string]: unknown };

function checked<Message>(from: string, value: unknown, read: (value: unknown) => Message): Checked<Message> {
  try {
    return { kind: "good", message: read(value) };
  } catch (error) {
    if (!(error instanceof Mismatch || error instanceof RangeError)) throw error;
    const message = `a message from the ${from} cannot be understood: ${error.message}`;
    const notes = [`it began with ${JSON.stringify(value)?.slice(0, 200) ?? "nothing"}`];
    return { kind: "bad", diagnostic: diagnostic("bad-message", message, { notes }) };
  }
}

function toWorker(value: unknown): ToWorker {
  const fields = object(value, "message");
  switch (fields.kind) {
    case "run":
      return { kind: "run", assignments: list(fields.assignments, "assignments").map(assignment) };
    case "cancel":
      return {
        kind: "cancel",
        task: taskId(number(fields.task, "task")),
        grace: number(fields.grace, "grace"),
      };
    case "finish":
      return { kind: "finish" };
    default:
      throw new Mismatch(`\`kind\` is ${JSON.stringify(fields.kind)}`);
  }
}

function fromWorker(value: unknown): FromWorker {
  const fields = object(value, "message");
  switch (fields.kind) {
    case "hello":
      return {
        kind: "hello",
        protocol: number(fields.protocol, "protocol"),
        version: text(fields.version, "version"),
        pid: number(fields.pid, "pid"),
        host: text(fields.host, "host"),
      };
    case "started":
      return {
        kind: "started",
        task: taskId(number(fields.task, "task")),
        attempt: attempt(number(fields.attempt, "attempt")),
        at: moment(number(fields.at, "at")),
      };
    case "results":
      return { kind: "results", results: list(fields.results, "results").map(result) };
    case "ending":
      return { kind: "ending", task: taskId(number(fields.task, "task")) };
    case "leaving":
      return { kind: "leaving" };
    case "unfit":
      return { kind: "unfit", message: text(fields.message, "message") };
    default:
      throw new Mismatch(`\`kind\` is ${JSON.stringify(fields.kind)}`);
  }
}

function assignment(value: unknown): Assignment {
  const fields = object(value, "assignment");
  return {
    task: taskId(number(fields.task, "task")),
    attempt: attempt(number(fields.attempt, "attempt")),
    block: blockName(text(fields.block, "block")),
    target: target(fields.target),
    needs: needs(fields.needs),
    environment: texts(object(fields.environment, "environment")),
  };
}

function texts(fields: Fields): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, text(value, name)]));
}

function target(value: unknown): Assignment["target"] {
  const fields = object(value, "target");
  switch (fields.kind) {
    case "sample":
      return { kind: "sample", sample: sampleState(fields.sample) };
    case "dataset":
      return { kind: "dataset", valid: list(fields.valid, "valid").map(sampleNumber) };
    default:
      throw new Mismatch(`\`target.kind\` is ${JSON.stringify(fields.kind)}`);
  }
}

const sampleNumber = (value: unknown): SampleId => sampleId(number(value, "sample"));

function sampleState(value: unknown): SampleState {
  const fields = object(value, "sample");
  const issue = fields.issue === null ? null : object(fields.issue, "issue");
  return {
    id: sampleNumber(fields.id),
    config: byBlock(fields.config, "config"),
    statistics: byBlock(fields.statistics, "statistics"),
    issue:
      issue === null
        ? null
        : {
            block: blockName(text(issue.block, "issue.block")),
            message: text(issue.message, "issue.message"),
          },
  };
}

function byBlock(value: unknown, name: string): Readonly<Record<string, BlockValues>> {
  if (!isByBlock(value)) throw new Mismatch(`\`${name}\` is no object of objects`);
  return value;
}

function needs(value: unknown): Resources {
  const fields = object(value, "needs");
  return {
    cpus: number(fields.cpus, "cpus"),
    memory: orNull(fields.memory, (v) => bytes(number(v, "memory"))),
    gpus: number(fields.gpus, "gpus"),
    time: orNull(fields.time, (v) => seconds(number(v, "time"))),
  };
}

function result(value: unknown): TaskResult {
  const fields = object(value, "result");
  return {
    task: taskId(number(fields.task, "task")),
    attempt: attempt(number(fields.attempt, "attempt")),
    outcome: outcome(fields.outcome),
    changes: changes(fields.changes),
    manifest: manifest(fields.manifest),
    usage: usage(fields.usage),
    started: moment(number(fields.started, "started")),
    ended: moment(number(fields.ended, "ended")),
    log: orNull(fields.log, (v) => text(v, "log")),
    tail: list(fields.tail, "tail").map((line) => text(line, "tail")),
  };
}

function outcome(value: unknown): Outcome {
  const fields = object(value, "outcome");
  switch (fields.kind) {
    case "succeeded":
      return { kind: "succeeded" };
    case "issue":
      return { kind: "issue", message: text(fields.message, "outcome.message") };
    case "failed":
      return { kind: "failed", failure: failure(fields.failure) };
    default:
      throw new Mismatch(`\`outcome.kind\` is ${JSON.stringify(fields.kind)}`);
  }
}

function changes(value: unknown): SampleChanges {
  const fields = object(value, "changes");
  if (!isValues(fields.config) || !isValues(fields.statistics)) {
    throw new Mismatch("`changes` holds something that is no object");
  }
  return { config: fields.config, statistics: fields.statistics };
}

function manifest(value: unknown): Manifest {
  const fields = object(value, "manifest");
  return {
    files: list(fields.files, "manifest.files").map(fileRecord),
    removed: list(fields.removed, "manifest.removed").map((path) => text(path, "manifest.removed")),
  };
}

function fileRecord(value: unknown): FileRecord {
  const fields = object(value, "file");
  return {
    path: text(fields.path, "file.path"),
    size: number(fields.size, "file.size"),
    modified: number(fields.modified, "file.modified"),
    sha256: orNull(fields.sha256, (v) => text(v, "file.sha256")),
  };
}

function usage(value: unknown): Usage {
  const fields = object(value, "usage");
  return {
    seconds: seconds(number(fields.seconds, "usage.seconds")),
    cpuSeconds: orNull<Seconds>(fields.cpuSeconds, (v) => seconds(number(v, "usage.cpuSeconds"))),
    peakMemory: orNull<Bytes>(fields.peakMemory, (v) => bytes(number(v, "usage.peakMemory"))),
  };
}

function failure(value: unknown): Failure {
  if (!isFailure(value)) throw new Mismatch(`\`failure\` is none that is known, or incomplete`);
  return value;
}

function object(value: unknown, name: string): Fields {
  if (!isFields(value)) throw new Mismatch(`\`${name}\` is no object`);
  return value;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isValues = (value: unknown): value is BlockValues => isFields(value);

function isByBlock(value: unknown): value is Readonly<Record<string, BlockValues>> {
  if (!isFields(value)) return false;
  for (const block in value) {
    if (!isValues(value[block])) return false;
  }
  return true;
}

function list(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Mismatch(`\`${name}\` is no list`);
  return value;
}

function number(value: unknown, name: string): number {
  if (typeof value !== "number") throw new Mismatch(`\`${name}\` is no number`);
  return value;
}

function text(value: unknown, name: string): string {
  if (typeof value !== "string") throw new Mismatch(`\`${name}\` is no text`);
  return value;
}

function orNull<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === null ? null : read(value);
}
