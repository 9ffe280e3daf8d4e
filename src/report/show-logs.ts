// What the tasks of a run printed: one task's output, a list, or everything as it comes. The logs go to standard output
// and nothing else does, so that they can be searched and cut; what is said about them goes to standard error.

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { refuse } from "../core/diagnostic.ts";
import type { SampleId } from "../core/ids.ts";
import { launcherLogPath } from "../rundir/layout.ts";
import { createLiveOutput } from "./live-output.ts";
import { offsetOfLast, readFrom } from "./log-file.ts";
import { type AttemptLog, createLogIndex, type LogFilter, type LogIndex } from "./log-index.ts";
import { printable } from "./printable.ts";
import type { RunReader } from "./read-run.ts";
import { sayTarget } from "./say-failure.ts";
import { attemptTitle, logJson, logTable, nothingPrinted, unknownBlock, unknownSample } from "./say-logs.ts";

export interface LogRequest {
  readonly reader: RunReader;
  /** Reads what is new and tells whether more may come. */
  readonly poll: (each: Parameters<RunReader["poll"]>[0]) => "goes-on" | "over";
  readonly block: string | null;
  readonly sample: SampleId | null;
  /** The last so many lines of each log; null: all. */
  readonly lines: number | null;
  readonly follow: boolean;
  readonly json: boolean;
  readonly colours: boolean;
  readonly workingFolder: string | null;
  /** Flags for a further `pipe logs` that finds the same run. */
  readonly flags: readonly string[];
  readonly out: (bytes: Uint8Array | string) => void;
  readonly say: (line: string) => void;
  readonly pollEvery?: number;
}

/** In place of a block's name: the launcher's own log. */
export const launcherWord = "launcher";
const mostListed = 50;

/** @throws Refusal for a block or a sample that the run has not. */
export async function showLogs(request: LogRequest): Promise<void> {
  if (request.block === launcherWord) return await showLauncherLog(request);
  let index: LogIndex | null = null;
  const fresh: AttemptLog[] = [];
  const look = () =>
    request.poll((event) => {
      if (event.kind === "run-started") index ??= createLogIndex(filterOf(request));
      const attempt = index?.apply(event) ?? null;
      if (attempt !== null) fresh.push(attempt);
    });
  const first = look();
  const found: LogIndex | null = index;
  if (!request.follow) fresh.length = 0;
  if (found === null) {
    request.say(`run ${request.reader.run.name} has not begun any task`);
  } else showFound(request, found);
  if (request.follow) await follow(request, { first, look, fresh });
}

/** One task until it is over, or all tasks until the run is. */
async function follow(
  request: LogRequest,
  run: { first: "goes-on" | "over"; look: () => "goes-on" | "over"; fresh: AttemptLog[] },
): Promise<void> {
  const live = createLiveOutput(request);
  let state = run.first;
  let over = run.fresh.splice(0).some((attempt) => isLast(request, attempt));
  while (state === "goes-on" && !over) {
    live.look();
    await sleep(request.pollEvery ?? 500);
    state = run.look();
    for (const attempt of run.fresh.splice(0)) {
      showAttempt(request, attempt, live.end(attempt));
      over ||= isLast(request, attempt);
    }
  }
}

/** Whether this was the last that there is to see of the one task that is followed. */
const isLast = ({ reader, block, sample }: LogRequest, attempt: AttemptLog): boolean =>
  attempt.next === "done" &&
  block !== null &&
  (sample !== null || reader.progress.blocks.some((one) => one.name === block && one.scope === "dataset"));

function filterOf({ block, sample, reader }: LogRequest): LogFilter {
  if (block === null) return { block, sample };
  const { blocks } = reader.progress;
  const known = blocks.find((one) => one.name === block);
  if (known === undefined) {
    const names = blocks.map((one) => one.name);
    throw refuse(unknownBlock(block, reader.run.name, names));
  }
  return { block, sample: known.scope === "dataset" ? "dataset" : sample };
}

function showFound(request: LogRequest, index: LogIndex): void {
  const filter = filterOf(request);
  const { reader, json, say } = request;
  if (filter.block !== null && filter.sample !== null) {
    if (request.sample !== null && filter.sample !== "dataset" && !index.samples.has(request.sample)) {
      if (!request.follow) throw refuse(unknownSample(request.sample, reader.run.name, index.samples));
    }
    showTask(request, index, filter.sample === "dataset" ? null : filter.sample);
  } else if (json || request.lines !== null) {
    for (const attempt of index.attempts) showAttempt(request, attempt);
  } else if (index.attempts.length === 0) {
    say(`no task of run ${reader.run.name} has printed anything or failed`);
  } else {
    const { colours, workingFolder, flags } = request;
    const table = logTable(index.attempts, {
      ...{ most: mostListed, runFolder: reader.run.path, colours, workingFolder, flags },
    });
    request.out(`${table.join("\n")}\n`);
  }
}

/** The newest attempt that printed something; the others are named. */
function showTask(request: LogRequest, index: LogIndex, sample: SampleId | null): void {
  const { json, say, reader } = request;
  if (json) {
    for (const attempt of index.attempts) showAttempt(request, attempt);
    return;
  }
  const newest = index.attempts.findLast((attempt) => attempt.log !== null);
  const running = request.follow ? index.state === "running" : createLiveOutput(request).now();
  if (running && newest === undefined) return;
  if (newest === undefined) {
    say(nothingPrinted(index, reader.run.name, `${request.block} on ${sayTarget(sample)}`));
    return;
  }
  for (const attempt of index.attempts) {
    if (attempt !== newest) say(`${attemptTitle(attempt)}${logNote(attempt, request)}`);
  }
  showAttempt(request, newest);
}

function logNote(attempt: AttemptLog, { reader }: LogRequest): string {
  return attempt.log === null
    ? "; it printed nothing"
    : `; log: ${printable(join(reader.run.path, attempt.log))}`;
}

/** `seen` bytes of its log were shown while it ran. */
function showAttempt(request: LogRequest, attempt: AttemptLog, seen = 0): void {
  const { reader, out, say, lines } = request;
  const path = attempt.log === null ? null : join(reader.run.path, attempt.log);
  if (request.json) {
    const wanted = lines !== null || (request.block !== null && attempt.log !== null);
    const text = path === null || !wanted ? null : textOf(path, lines);
    out(`${JSON.stringify(logJson(attempt, reader.run.path, text))}\n`);
    return;
  }
  say(attemptTitle(attempt));
  if (path === null) return;
  const from = seen > 0 || lines === null ? seen : offsetOfLast(path, lines);
  if (from === null || readFrom(path, { from }, out) === null) say(`its log is gone: ${printable(path)}`);
}

function textOf(path: string, lines: number | null): string {
  const decoder = new TextDecoder();
  let text = "";
  const from = lines === null ? 0 : (offsetOfLast(path, lines) ?? 0);
  readFrom(path, { from }, (bytes) => {
    text += decoder.decode(bytes, { stream: true });
  });
  return text + decoder.decode();
}

async function showLauncherLog(request: LogRequest): Promise<void> {
  const path = launcherLogPath(request.reader.run.path);
  let at: number | null = request.lines === null ? 0 : offsetOfLast(path, request.lines);
  for (;;) {
    // Whether more may come is asked before the last look, or its last lines would be missed.
    const state = request.poll(() => {});
    at = readFrom(path, { from: at ?? 0 }, request.out);
    if (at === null && !request.follow)
      request.say(`run ${request.reader.run.name} has no log of its launcher`);
    if (!request.follow || state === "over") return;
    await sleep(request.pollEvery ?? 500);
  }
}
