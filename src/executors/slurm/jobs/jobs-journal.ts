// What was submitted to Slurm for a run, written down before it is: `jobs.jsonl`. A launcher can die between submitting a job
// and hearing its number; without the intent nobody would ever look for that job.
//
//   intended ──submitted──▶ submitted ──ended──▶ ended
//       └──────abandoned──────▶ abandoned          ▲
//       └─────────────────ended────────────────────┘
// A slot is used once. What cannot be found by its key is abandoned, and submitted again under a new slot and key: should the
// old one start after all, it finds that nobody waits for it.
import { diagnostic, type Refusal, unable } from "../../../core/diagnostic.ts";
import { isObject, type Json, type JsonObject } from "../../../core/json.ts";
import { never } from "../../../core/never.ts";
import type { Refused } from "../../../journal/header.ts";
import { readJournal } from "../../../journal/recover.ts";
import { beginSegment, type JournalPlace, listSegments } from "../../../journal/segments.ts";
import type { JournalWriter } from "../../../journal/writer.ts";
import { jobsStem } from "../../../rundir/layout.ts";

/** Of the bodies.  1  first */
const jobsFormat = { format: "pipe-jobs", version: 1 };

export type JobRecord =
  /** Is about to be submitted. `facts` says what it is, for whoever takes the run over. */
  | { readonly kind: "intent"; readonly slot: string; readonly key: string; readonly facts: JsonObject }
  /** `job` is its number; `cluster` is told where there are several. */
  | {
      readonly kind: "submitted";
      readonly slot: string;
      readonly job: string;
      readonly cluster: string | null;
    }
  /** Was refused, or is nowhere to be found. */
  | { readonly kind: "abandoned"; readonly slot: string; readonly why: string }
  /** Nothing more comes of it. */
  | { readonly kind: "ended"; readonly slot: string; readonly how: string };

export type SlotState =
  /** Nobody knows whether it reached Slurm: to be looked up by its key. */
  | { readonly kind: "intended" }
  | { readonly kind: "submitted"; readonly job: string; readonly cluster: string | null }
  | { readonly kind: "abandoned"; readonly why: string }
  | { readonly kind: "ended"; readonly job: string | null; readonly how: string };

export interface JobSlot {
  readonly slot: string;
  readonly key: string;
  readonly facts: JsonObject;
  readonly state: SlotState;
}

/** Every slot of a run by its name, in the order in which they were intended. */
export type JobSlots = ReadonlyMap<string, JobSlot>;

/** What is written down of a run's jobs; empty where it never had any. @throws Refusal where it cannot be read. */
export function readJobs(runFolder: string): JobSlots {
  const slots = new Map<string, JobSlot>();
  const read = readJournal(placeOf(runFolder), jobsFormat, ({ body }) => {
    const record = jobRecordIn(body);
    if (record !== null) apply(slots, record);
  });
  if (read.kind === "refused") throw cannotRead(read.segment.path, read.why);
  if (read.kind === "unreadable") throw read.error;
  return slots;
}

/** Whether the run ever had jobs. */
export const isJobsWritten = (runFolder: string): boolean => listSegments(placeOf(runFolder)).length > 0;

/** Those of which something may still be queued or run. */
export function openSlots(slots: JobSlots): readonly JobSlot[] {
  return [...slots.values()].filter(({ state }) => state.kind === "intended" || state.kind === "submitted");
}

/** For who holds the dataset's lock: each one that begins writes into a file of its own. */
export class JobsJournal {
  readonly #writer: JournalWriter;
  readonly #slots: Map<string, JobSlot>;

  private constructor(writer: JournalWriter, slots: Map<string, JobSlot>) {
    this.#writer = writer;
    this.#slots = slots;
  }

  /** @throws Refusal where what is there cannot be read; FileError where it cannot be written. */
  static async begin(runFolder: string, tool: string): Promise<JobsJournal> {
    const slots = new Map(readJobs(runFolder));
    const { writer } = await beginSegment(placeOf(runFolder), { ...jobsFormat, tool, facts: {} });
    return new JobsJournal(writer, slots);
  }

  get slots(): JobSlots {
    return this.#slots;
  }

  /** Resolves when it is on the disk: only then may it be submitted. @throws FileError */
  async intend(slot: string, what: { readonly key: string; readonly facts: JsonObject }): Promise<void> {
    if (this.#slots.has(slot)) throw new Error(`the slot ${slot} is used twice`);
    await this.#write({ kind: "intent", slot, ...what });
  }

  /** @throws FileError */
  async submitted(
    slot: string,
    as: { readonly job: string; readonly cluster: string | null },
  ): Promise<void> {
    await this.#write({ kind: "submitted", slot, ...as });
  }

  /** @throws FileError */
  async abandoned(slot: string, why: string): Promise<void> {
    await this.#write({ kind: "abandoned", slot, why });
  }

  /** @throws FileError */
  async ended(slot: string, how: string): Promise<void> {
    await this.#write({ kind: "ended", slot, how });
  }

  async close(): Promise<void> {
    const synced = await this.#writer.close();
    if (synced.kind === "failed") throw synced.error;
  }

  async #write(record: JobRecord): Promise<void> {
    this.#writer.append(record);
    apply(this.#slots, record);
    const synced = await this.#writer.sync();
    if (synced.kind === "failed") throw synced.error;
  }
}

const placeOf = (runFolder: string): JournalPlace => ({ folder: runFolder, stem: jobsStem });

function apply(slots: Map<string, JobSlot>, record: JobRecord): void {
  const { slot } = record;
  const known = slots.get(slot);
  if (record.kind === "intent") {
    if (known === undefined)
      slots.set(slot, { slot, key: record.key, facts: record.facts, state: { kind: "intended" } });
    return;
  }
  // An intent that was lost with a damaged line: without its key nobody could say which job this is.
  if (known === undefined) return;
  slots.set(slot, { ...known, state: next(known.state, record) });
}

function next(state: SlotState, record: Exclude<JobRecord, { kind: "intent" }>): SlotState {
  switch (record.kind) {
    case "submitted":
      return { kind: "submitted", job: record.job, cluster: record.cluster };
    case "abandoned":
      return { kind: "abandoned", why: record.why };
    case "ended":
      return { kind: "ended", job: state.kind === "submitted" ? state.job : null, how: record.how };
    default:
      return never(record);
  }
}

/** Null for what another version may have added. */
function jobRecordIn(body: Json): JobRecord | null {
  if (!isObject(body)) return null;
  const { kind, slot, key, facts, job, cluster, why, how } = body;
  if (typeof slot !== "string") return null;
  switch (kind) {
    case "intent":
      return typeof key === "string" && isObject(facts) ? { kind, slot, key, facts } : null;
    case "submitted":
      return typeof job === "string" && (cluster === null || typeof cluster === "string")
        ? { kind, slot, job, cluster }
        : null;
    case "abandoned":
      return typeof why === "string" ? { kind, slot, why } : null;
    case "ended":
      return typeof how === "string" ? { kind, slot, how } : null;
    default:
      return null;
  }
}

function cannotRead(path: string, why: Refused): Refusal {
  const whose =
    why.kind === "foreign"
      ? "is none of pipe's"
      : `was written by ${why.kind === "newer" ? "a newer" : "an older"} pipe`;
  return unable(
    diagnostic("jobs-unreadable", `\`${path}\` ${whose}`, {
      notes: ["it says which jobs belong to the run, and nobody else does"],
      hint: "use the pipe that started the run; `squeue --me` shows what is left of it",
    }),
  );
}
