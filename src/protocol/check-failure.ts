// Whether something is one of the known failures, with all its facts: a sentence is made of them later, far from here.
import type { Failure, FailureKind } from "../core/failure.ts";

export function isFailure(value: unknown): value is Failure {
  if (typeof value !== "object" || value === null) return false;
  const fields = new Map(Object.entries(value));
  const shapes = Object.entries(failureFields).find(([kind]) => kind === fields.get("kind"))?.[1];
  if (shapes === undefined) return false;
  return Object.entries(shapes).every(([name, shape]) => hasShape(fields.get(name), shape));
}

/** For each kind of failure, what its fields are: with `?` where null is allowed. */
const failureFields: { readonly [Kind in FailureKind]: Readonly<Record<string, Shape>> } = {
  exception: { name: "text", message: "text", stack: "texts" },
  exited: { status: "number" },
  killed: { signal: "text" },
  "command-status": { program: "text", status: "number" },
  "command-signal": { program: "text", signal: "text" },
  "cannot-start": { program: "text", why: "text", code: "text" },
  timeout: { limit: "number" },
  "out-of-memory": { limit: "number?", peak: "number?" },
  "bad-result": { problem: "text", excerpt: "text" },
  "persistent-died": { program: "text", status: "number?", signal: "text?" },
  "bad-answer": { program: "text", problem: "text", excerpt: "text" },
  "no-such-value": { placeholder: "text", known: "texts" },
  "input-missing": { patterns: "texts" },
  "output-missing": { patterns: "texts" },
  spoilt: { block: "text", files: "texts" },
  "bad-value": { path: "text", problem: "text" },
  "cannot-write": { path: "text", code: "text" },
  "cannot-load": { message: "text" },
  "worker-lost": { worker: "text", why: "text" },
  cancelled: {},
};

type Shape = "text" | "text?" | "texts" | "number" | "number?";

function hasShape(value: unknown, shape: Shape): boolean {
  if (shape === "texts") return Array.isArray(value) && value.every((item) => typeof item === "string");
  if (value === null) return shape.endsWith("?");
  return shape.startsWith("text") ? typeof value === "string" : typeof value === "number";
}
