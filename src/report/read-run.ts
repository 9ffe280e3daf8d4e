// A run as its folder tells it: run.json and the events, read as far as they have come, again and again if wanted. The
// launcher is not asked: it may be dead, or on another machine.

import { diagnostic, type Refusal, unable } from "../core/diagnostic.ts";
import type { RunEvent } from "../core/events.ts";
import { seconds } from "../core/ids.ts";
import { never } from "../core/never.ts";
import { JournalReader, type Poll } from "../journal/reader.ts";
import { listSegments } from "../journal/segments.ts";
import { eventsFormat } from "../rundir/events-format.ts";
import { eventsStem, runRecordPath } from "../rundir/layout.ts";
import { type RunRecord, readRunRecord } from "../rundir/run-record.ts";
import type { RunFolder } from "../rundir/runs.ts";
import { monotonic } from "../system/clock.ts";
import { parseEvent } from "./parse-event.ts";
import { createProgress, type Progress } from "./progress.ts";

export interface RunReader {
  readonly run: RunFolder;
  readonly progress: Progress;
  /** Null where run.json is missing or cannot be understood. */
  readonly record: RunRecord | null;
  /** Reads what has come since; `each` sees every event after `progress` has. Answers how many there were. */
  poll(each?: (event: RunEvent) => void): number;
  /** Records that were damaged or are not known: the figures lack them. */
  readonly damaged: number;
}

/**
 * Reads nothing yet.
 * @throws Refusal, from `poll`, where the events were written by a newer version or cannot be read.
 */
export function openRun(run: RunFolder): RunReader {
  const progress = createProgress();
  const readers: JournalReader[] = [];
  let unknown = 0;
  const recordRead = readRunRecord(runRecordPath(run.path));

  function addSegments(): void {
    for (const segment of listSegments({ folder: run.path, stem: eventsStem }).slice(readers.length)) {
      readers.push(new JournalReader(segment.path, { reads: eventsFormat, patience: seconds(0) }));
    }
  }

  return {
    run,
    progress,
    record: recordRead.kind === "parsed" ? recordRead.value : null,
    poll(each) {
      let events = 0;
      if (recordRead.kind === "newer") throw newerRecord(run, recordRead.version);
      addSegments();
      for (const reader of readers) {
        const poll = reader.poll(monotonic(), ({ body }) => {
          const event = parseEvent(body);
          if (event === null) {
            unknown++;
            return;
          }
          events++;
          progress.apply(event);
          each?.(event);
        });
        complain(poll, run);
      }
      return events;
    },
    get damaged() {
      return readers.reduce((sum, { findings }) => sum + findings.badLines + findings.foreign, unknown);
    },
  };
}

function newerRecord(run: RunFolder, version: number): Refusal {
  return unable(
    diagnostic("newer-run", `run ${run.name} was written by a newer pipe`, {
      notes: [`its run.json is of version ${version}`],
      hint: "look at it with the pipe that runs it",
    }),
  );
}

function complain(poll: Poll, run: RunFolder): void {
  switch (poll.kind) {
    case "read":
    case "missing":
      return;
    case "newer":
      throw unable(
        diagnostic(
          "newer-run",
          `run ${run.name} was written by a newer pipe${poll.tool === null ? "" : ` (${poll.tool})`}`,
          {
            notes: [`its events are of version ${poll.version}, this pipe knows ${poll.known}`],
            hint: "look at it with the pipe that runs it",
          },
        ),
      );
    case "older":
      throw unable(
        diagnostic(
          "older-run",
          `run ${run.name} was written by an older pipe whose events this one cannot read`,
        ),
      );
    case "foreign":
      throw unable(
        diagnostic("foreign-events", `run ${run.name} has an events.jsonl that is none of pipe's`, {
          notes: [`it lies in \`${run.path}\``],
        }),
      );
    case "replaced":
      throw unable(
        diagnostic("events-replaced", `the events of run ${run.name} were replaced while they were read`, {
          hint: "try again",
        }),
      );
    case "unreadable":
      throw poll.error;
    default:
      never(poll);
  }
}
