// A record of events.jsonl → an event. Not every field is looked at: the record has a checksum and a version, so that what
// wrote it was this program, and a run may have a million of them.

import type { RunEvent } from "../core/events.ts";
import { isObject } from "../core/json.ts";

/** The event that a record holds, or null where it is none that this program knows. */
export function parseEvent(record: unknown): RunEvent | null {
  return isEvent(record) ? record : null;
}

type Shape = "text" | "text?" | "number" | "sample" | "object" | "list";

/** What is looked at: all that is computed with, and whose absence would be felt far from here. */
const shapes: { readonly [Kind in RunEvent["kind"]]: Readonly<Record<string, Shape>> } = {
  "run-started": {
    run: "text",
    dataset: "text",
    executor: "text",
    blocks: "list",
    samples: "number",
    tasks: "number",
  },
  "worker-joined": { worker: "text", host: "text", capacity: "object" },
  "worker-gone": { worker: "text", why: "text" },
  "task-started": { block: "text", sample: "sample", attempt: "number", worker: "text" },
  "task-ended": {
    block: "text",
    sample: "sample",
    attempt: "number",
    worker: "text",
    outcome: "object",
    usage: "object",
    log: "text?",
    tail: "list",
    next: "text",
  },
  "task-cached": { block: "text", sample: "sample", outcome: "object" },
  "samples-cached": { count: "number" },
  "sample-ended": { sample: "number", ending: "text", skipped: "number" },
  warning: { message: "text", hint: "text?" },
  interrupted: { how: "text" },
  "launcher-left": { why: "text" },
  "run-ended": { why: "text", summary: "object" },
};

const checks: ReadonlyMap<unknown, readonly (readonly [string, Shape])[]> = new Map(
  Object.entries(shapes).map(([kind, fields]) => [kind, Object.entries(fields)]),
);

function isEvent(value: unknown): value is RunEvent {
  if (!isObject(value) || typeof value.at !== "number") return false;
  const fields = checks.get(value.kind);
  return fields?.every(([name, shape]) => hasShape(value[name], shape)) ?? false;
}

function hasShape(value: unknown, shape: Shape): boolean {
  switch (shape) {
    case "text":
      return typeof value === "string";
    case "text?":
      return value === null || typeof value === "string";
    case "number":
      return typeof value === "number";
    case "sample":
      return value === null || typeof value === "number";
    case "list":
      return Array.isArray(value);
    case "object":
      return isObject(value);
  }
}
