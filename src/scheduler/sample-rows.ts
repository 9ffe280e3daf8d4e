// How far each sample is. Kept beside the tasks' own states so that the end of a sample, and how many are in
// progress, are known at once instead of being looked for among all tasks.
//
//   untouched ──▶ open ──▶ begun ──▶ ended
//                  │                  ▲
//                  └──────────────────┘  nothing of it had to run
//
//   open   its first tasks were asked about; nothing of it was given to a worker yet
//   begun  a worker was given one of its tasks: it is in progress, and has files on disk

import type { SampleEnding } from "../core/sample.ts";
import type { Layout } from "./layout.ts";

export const phase = { untouched: 0, open: 1, begun: 2, ended: 3 } as const;
export type Phase = (typeof phase)[keyof typeof phase];

/** What was seen of a row's tasks; the worst decides how the sample ended. */
export const mark = { issue: 1, failure: 2, interrupted: 4 } as const;
export type Mark = (typeof mark)[keyof typeof mark];

export class SampleRows {
  readonly #layout: Layout;
  readonly #phase: Uint8Array;
  readonly #marks: Uint8Array;
  readonly #remaining: Uint16Array;
  readonly #skipped: Uint16Array;
  readonly #verdicts: Uint16Array;
  readonly #endings: Record<SampleEnding, number> = { valid: 0, issue: 0, failed: 0, unfinished: 0 };
  #open = 0;
  #begun = 0;
  #verdictsDue = 0;
  #endedSamples = 0;
  #oldest = 0;

  constructor(layout: Layout) {
    const rows = layout.sampleCount + 1;
    this.#layout = layout;
    this.#phase = new Uint8Array(rows);
    this.#marks = new Uint8Array(rows);
    this.#skipped = new Uint16Array(rows);
    this.#verdicts = new Uint16Array(rows);
    this.#remaining = new Uint16Array(rows);
    for (let row = 0; row < rows; row++) this.#remaining[row] = layout.sizeOf(row);
  }

  phase(row: number): number {
    return this.#phase[row] ?? phase.ended;
  }
  hasBegun(row: number): boolean {
    return this.#phase[row] === phase.begun;
  }
  /** Nothing of it is to be given to a worker any more. */
  hasStopped(row: number): boolean {
    return ((this.#marks[row] ?? 0) & (mark.issue | mark.failure)) !== 0;
  }
  remaining(row: number): number {
    return this.#remaining[row] ?? 0;
  }
  skipped(row: number): number {
    return this.#skipped[row] ?? 0;
  }
  /** Rows that were asked about and have given no task to a worker. */
  get openCount(): number {
    return this.#open;
  }
  /** Rows in progress. */
  get begunCount(): number {
    return this.#begun;
  }
  /** Verdicts that are being found out for tasks of rows in progress: each may need a place in a moment. */
  get verdictsDue(): number {
    return this.#verdictsDue;
  }
  get endedSamples(): number {
    return this.#endedSamples;
  }
  endings(): Readonly<Record<SampleEnding, number>> {
    return { ...this.#endings };
  }
  /** The first sample in progress; where none is, the first that has not ended. For questions, not for events. */
  oldest(): number {
    // Amortised: this mark only ever goes forward.
    while (this.#oldest < this.#layout.sampleCount && this.#phase[this.#oldest] === phase.ended) {
      this.#oldest++;
    }
    let row = this.#oldest;
    while (row < this.#layout.sampleCount && this.#phase[row] !== phase.begun) row++;
    return row < this.#layout.sampleCount ? row : this.#oldest;
  }

  open(row: number): void {
    this.#phase[row] = phase.open;
    this.#open++;
  }
  begin(row: number): void {
    this.#phase[row] = phase.begun;
    this.#open--;
    this.#begun++;
    this.#verdictsDue += this.verdicts(row);
  }
  /** How many of its tasks are being judged. */
  verdicts(row: number): number {
    return this.#verdicts[row] ?? 0;
  }
  verdictAsked(row: number): void {
    this.#verdicts[row] = this.verdicts(row) + 1;
    if (this.hasBegun(row)) this.#verdictsDue++;
  }
  /** It came, or is not wanted any more. */
  verdictSettled(row: number): void {
    this.#verdicts[row] = this.verdicts(row) - 1;
    if (this.hasBegun(row)) this.#verdictsDue--;
  }
  mark(row: number, seen: Mark): void {
    this.#marks[row] = (this.#marks[row] ?? 0) | seen;
  }
  /** One of its tasks has come to its end; true when that was the last. */
  taskSettled(row: number, how: "had-its-say" | "skipped"): boolean {
    if (how === "skipped") this.#skipped[row] = this.skipped(row) + 1;
    const remaining = this.remaining(row) - 1;
    this.#remaining[row] = remaining;
    return remaining === 0;
  }
  end(row: number): SampleEnding {
    const before = this.phase(row);
    if (before === phase.open) this.#open--;
    if (before === phase.begun) this.#begun--;
    this.#phase[row] = phase.ended;
    const ending = this.#endingOf(row);
    if (row !== this.#layout.datasetRow) {
      this.#endedSamples++;
      this.#endings[ending]++;
    }
    return ending;
  }

  #endingOf(row: number): SampleEnding {
    const marks = this.#marks[row] ?? 0;
    if ((marks & mark.failure) !== 0) return "failed";
    if ((marks & mark.issue) !== 0) return "issue";
    return (marks & mark.interrupted) !== 0 ? "unfinished" : "valid";
  }
}
