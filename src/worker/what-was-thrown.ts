// What a block threw, as an outcome. The lines of the stack that the user can mend are kept; the runtime's and ours say
// nothing to somebody who wrote a pipeline.
import { resolve } from "node:path";
import { BadValue } from "../api/bad-value.ts";
import { SampleIssue } from "../api/block.ts";
import { framesOf } from "../api/source-place.ts";
import type { Failure } from "../core/failure.ts";
import { failed, type Outcome } from "../core/outcome.ts";
import { FileError, type FileOperation, isOutOfSpace } from "../system/file-error.ts";
import { isCompiled } from "../system/self-command.ts";

export function outcomeOfThrown(thrown: unknown): Outcome {
  if (thrown instanceof SampleIssue) return { kind: "issue", message: thrown.message };
  return failed(failureOfThrown(thrown));
}

export function failureOfThrown(thrown: unknown): Failure {
  if (thrown instanceof BadValue) return { kind: "bad-value", path: thrown.path, problem: thrown.problem };
  if (thrown instanceof FileError && (writing.has(thrown.operation) || isOutOfSpace(thrown))) {
    return { kind: "cannot-write", path: thrown.path, code: thrown.code };
  }
  if (!(thrown instanceof Error)) {
    return { kind: "exception", name: "thrown", message: limited(textOf(thrown)), stack: [] };
  }
  const full = fullDisk(thrown);
  if (full !== null) return full;
  return {
    kind: "exception",
    name: thrown.name || "Error",
    message: limited(messageWithCauses(thrown)),
    stack: userLines(thrown.stack ?? ""),
  };
}

/** The lines `at f (/home/me/pipeline.ts:12:5)` of a stack that lie in files of the user's own. */
export function userLines(stack: string): readonly string[] {
  return stack
    .split("\n")
    .filter((line) => framesOf(line).some(({ file }) => !isOurs(file)))
    .map((line) => line.trim())
    .slice(0, 30);
}

/** Inside the executable our code has no absolute path; during development it lies in the folder above this one. */
const isOurs = (file: string): boolean => !isCompiled() && file.startsWith(ownSources);
const ownSources = `${resolve(import.meta.dir, "..")}/`;

const writing: ReadonlySet<FileOperation> = new Set<FileOperation>([
  "create",
  "write",
  "sync",
  "rename",
  "make-folder",
]);

/** Blocks write by any means; when the disk is full, that is what there is to say, whoever noticed it. */
function fullDisk(error: Error): Failure | null {
  const code = "code" in error ? error.code : null;
  if (code !== "ENOSPC" && code !== "EDQUOT") return null;
  const path = "path" in error && typeof error.path === "string" ? error.path : "a file";
  return { kind: "cannot-write", path, code };
}

function messageWithCauses(error: Error): string {
  const lines = [error.message];
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  for (const one of errors) lines.push(`  ${textOf(one)}`);
  let { cause } = error;
  for (let depth = 0; cause !== undefined && depth < 5; depth++) {
    lines.push(`caused by ${textOf(cause)}`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines.join("\n");
}

function textOf(thrown: unknown): string {
  if (thrown instanceof Error) return `${thrown.name}: ${thrown.message}`;
  return typeof thrown === "string" ? thrown : Bun.inspect(thrown, { depth: 3 });
}

const limited = (text: string): string => (text.length <= 10_000 ? text : `${text.slice(0, 10_000)}…`);
