// What came from another process, checked once: a typed message from then on, or what is wrong with it. Values of a
// sample are only checked for their outermost shape: what came out of JSON.parse is JSON all through.
import { attempt, moment, taskId } from "../core/ids.ts";
import type { FromWorker } from "./answer.ts";
import type { ToWorker } from "./assignment.ts";
import { assignment, result } from "./check-parts.ts";
import { type Checked, checked, list, Mismatch, number, object, text } from "./fields.ts";

export type { Checked } from "./fields.ts";

/** What a worker is told. */
export const checkToWorker = (value: unknown): Checked<ToWorker> => checked("launcher", value, toWorker);

/** What a worker says. */
export const checkFromWorker = (value: unknown): Checked<FromWorker> => checked("worker", value, fromWorker);

/** @throws Mismatch */
export function toWorker(value: unknown): ToWorker {
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

/** @throws Mismatch */
export function fromWorker(value: unknown): FromWorker {
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
