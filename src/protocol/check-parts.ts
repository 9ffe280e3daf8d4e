// Assignments and results as they come out of a message: every field looked at once.

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
import type { Sight } from "../core/sight.ts";
import type { TaskResult } from "./answer.ts";
import type { Assignment, TaskKey } from "./assignment.ts";
import { isFailure } from "./check-failure.ts";
import { type Fields, isFields, list, Mismatch, number, object, orNull, text } from "./fields.ts";

export function assignment(value: unknown): Assignment {
  const fields = object(value, "assignment");
  return {
    task: taskId(number(fields.task, "task")),
    attempt: attempt(number(fields.attempt, "attempt")),
    block: blockName(text(fields.block, "block")),
    target: target(fields.target),
    needs: needs(fields.needs),
    environment: texts(object(fields.environment, "environment")),
    key: orNull(fields.key, taskKey),
    ...(fields.sees === undefined ? {} : { sees: sight(fields.sees) }),
  };
}

function sight(value: unknown): Sight {
  const fields = object(value, "sees");
  return {
    files: list(fields.files, "sees.files").map(fileRecord),
    gone: list(fields.gone, "sees.gone").map((path) => text(path, "sees.gone")),
  };
}

function taskKey(value: unknown): TaskKey {
  const fields = object(value, "key");
  return {
    version: number(fields.version, "key.version"),
    options: text(fields.options, "key.options"),
    code: text(fields.code, "key.code"),
    before: text(fields.before, "key.before"),
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

export function needs(value: unknown): Resources {
  const fields = object(value, "needs");
  return {
    cpus: number(fields.cpus, "cpus"),
    memory: orNull(fields.memory, (v) => bytes(number(v, "memory"))),
    gpus: number(fields.gpus, "gpus"),
    time: orNull(fields.time, (v) => seconds(number(v, "time"))),
  };
}

export function result(value: unknown): TaskResult {
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
    ...(fields.logged === undefined ? {} : { logged: text(fields.logged, "logged") }),
  };
}

export function outcome(value: unknown): Outcome {
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
    found: list(fields.found, "manifest.found").map((path) => text(path, "manifest.found")),
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

export function usage(value: unknown): Usage {
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

const isValues = (value: unknown): value is BlockValues => isFields(value);

function isByBlock(value: unknown): value is Readonly<Record<string, BlockValues>> {
  if (!isFields(value)) return false;
  for (const block in value) {
    if (!isValues(value[block])) return false;
  }
  return true;
}
