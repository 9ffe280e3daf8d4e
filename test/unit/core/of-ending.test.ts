import { expect, test } from "bun:test";
import type { Failure } from "../../../src/core/failure.ts";
import { isOfEnding } from "../../../src/core/of-ending.ts";
import { failed, succeeded } from "../../../src/core/outcome.ts";

const ofEnding: readonly Failure[] = [
  { kind: "cancelled" },
  { kind: "killed", signal: "SIGTERM" },
  { kind: "command-signal", program: "gmsh", signal: "SIGTERM" },
  { kind: "persistent-died", program: "python3", status: null, signal: "SIGTERM" },
  { kind: "exited", status: 1 },
  { kind: "command-status", program: "sh", status: 143 },
  { kind: "command-status", program: "sh", status: 137 },
];
const ofTheTask: readonly Failure[] = [
  { kind: "command-status", program: "sh", status: 1 },
  { kind: "exception", name: "Error", message: "no", stack: [] },
  { kind: "out-of-memory", limit: null, peak: null },
];

test("what a signal to all processes of a job makes of a task is told apart from what a task does itself", () => {
  expect(ofEnding.filter((failure) => !isOfEnding(failed(failure)))).toEqual([]);
  expect(ofTheTask.filter((failure) => isOfEnding(failed(failure)))).toEqual([]);
  expect(isOfEnding(succeeded)).toBe(false);
});
