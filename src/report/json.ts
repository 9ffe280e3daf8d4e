// What programs read: the object of `pipe run --json` and the like. Its names are a promise; sentences for people are in
// `message` only, the facts beside it.

import { join } from "node:path";
import type { TaskFailure } from "../core/events.ts";
import type { Json } from "../core/json.ts";
import { runinfoFolder } from "../rundir/layout.ts";
import type { Ended, Progress } from "./progress.ts";
import { failureLine } from "./say-failure.ts";
import type { BlockProgress } from "./tally.ts";

type JsonRecord = { readonly [key: string]: Json };

/** The object that `pipe run --json` prints at the end. */
export function runJson(ended: Ended, progress: Progress): JsonRecord {
  const { summary, why } = ended;
  const runFolder = join(runinfoFolder(summary.dataset), summary.run);
  return {
    run: summary.run,
    dataset: summary.dataset,
    ended: why,
    seconds: rounded(summary.seconds),
    samples: { ...summary.samples },
    tasks: { ...summary.tasks },
    blocks: progress.blocks.map(blockJson),
    issues: progress
      .issues()
      .map(({ block, message, count, samples }) => ({ block, message, count, samples })),
    failures: summary.failures.map((failed) => failureJson(failed, runFolder)),
  };
}

export function blockJson(block: Readonly<BlockProgress>): JsonRecord {
  const { name, scope, total, ran, cached, issues, failed, skipped, running, retries } = block;
  const seconds = rounded(block.seconds);
  return { name, scope, total, ran, cached, issues, failed, skipped, running, retries, seconds };
}

/** `log` is a whole path; `facts` is the failure as it was found, without words for people. */
export function failureJson(failed: TaskFailure, runFolder: string): JsonRecord {
  const { kind: _kind, ...facts } = failed.failure;
  return {
    block: failed.block,
    sample: failed.sample,
    kind: failed.failure.kind,
    message: failureLine(failed.failure),
    log: failed.log === null ? null : join(runFolder, failed.log),
    attempt: failed.attempt,
    tail: failed.tail,
    facts,
  };
}

/** To the millisecond: further digits are noise. */
export const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;
