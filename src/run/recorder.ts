// Everything that happens in a run goes through here: at once to whoever shows it, and as a record into the run's
// events journal, many records to one sync. When the journal cannot be written the run must end: it would go on
// doing work of which nobody would know.

import { diagnostic, type Refusal, unable } from "../core/diagnostic.ts";
import type { RunEvent, RunEventBody } from "../core/events.ts";
import { version } from "../generated/version.ts";
import { RecordTooLarge } from "../journal/frame.ts";
import { beginSegment } from "../journal/segments.ts";
import type { JournalWriter } from "../journal/writer.ts";
import { eventsFormat } from "../rundir/events-format.ts";
import { eventsStem } from "../rundir/layout.ts";
import type { RunFolder } from "../rundir/runs.ts";
import { wallClock } from "../system/clock.ts";
import type { FileError } from "../system/file-error.ts";

export interface Recorder {
  record(body: RunEventBody): void;
  /** Rejects with a Refusal when records cannot be brought to the disk; never resolves. */
  readonly lost: Promise<never>;
  /** Syncs what is left. @throws Refusal where that fails. */
  close(): Promise<void>;
}

/** @throws FileError where the journal cannot be begun. */
export async function createRecorder(run: RunFolder, listener: (event: RunEvent) => void): Promise<Recorder> {
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {});
  // A launcher that takes over a run writes into a file of its own behind the other's.
  const { writer } = await beginSegment(
    { folder: run.path, stem: eventsStem },
    {
      ...eventsFormat,
      tool: version,
      facts: { run: run.name },
      onFailure: (error) => lost.reject(cannotRecord(error)),
    },
  );
  return {
    lost: lost.promise,
    record(body) {
      const event: RunEvent = { at: wallClock(), ...body };
      listener(event);
      append(writer, event);
    },
    async close() {
      const synced = await writer.close();
      if (synced.kind === "failed") throw cannotRecord(synced.error);
    },
  };
}

function append(writer: JournalWriter, event: RunEvent): void {
  try {
    writer.append(forJournal(event));
  } catch (error) {
    if (!(error instanceof RecordTooLarge)) throw error;
    writer.append(shortened(event));
  }
}

/** A run's failures stand in the records of their tasks already; ten thousand of them are no record of their own. */
function forJournal(event: RunEvent): RunEvent {
  return event.kind === "run-ended" ? { ...event, summary: { ...event.summary, failures: [] } } : event;
}

/** A megabyte in an error's message, or in one printed line, is cut: the log has the whole. */
function shortened(event: RunEvent): object {
  const cut: object = JSON.parse(
    JSON.stringify(event, (_key, value: unknown) =>
      typeof value === "string" && value.length > longestText ? `${value.slice(0, longestText)}…` : value,
    ),
  );
  return event.kind === "task-ended"
    ? { ...cut, tail: event.tail.slice(-5).map((line) => line.slice(0, longestText)) }
    : cut;
}

/** Characters; six bytes each at the worst, so that a record of twenty texts still fits. */
const longestText = 300;

function cannotRecord(error: FileError): Refusal {
  return unable(
    diagnostic("cannot-record", `the run's events cannot be written: ${error.code} on \`${error.path}\``, {
      notes: ["the run was ended, because nobody would have known of what it did"],
      hint:
        error.problem === "full" || error.problem === "quota"
          ? "make room, then start the same command again"
          : "see to the filesystem, then start the same command again",
    }),
  );
}
