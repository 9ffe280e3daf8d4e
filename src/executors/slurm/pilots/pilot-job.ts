// One job of pilots: what was asked of Slurm, what Slurm says of it, and the nodes that it runs on.
//
//   submitting ──number──▶ submitted ──all nodes gone──▶ over
//       └──refused, nowhere to be found───────────────────▲
import type { Seconds } from "../../../core/ids.ts";
import type { JobId } from "../client/job-id.ts";
import type { SeenJob } from "../client/seen-job.ts";
import type { JobMeaning } from "../client/states.ts";
import type { SubmissionKey } from "../client/submission-key.ts";
import type { SlurmWord } from "./lease.ts";
import type { PilotKind } from "./pilot-kinds.ts";
import type { PilotNode } from "./pilot-node.ts";

export type JobState =
  | { readonly kind: "submitting" }
  | { readonly kind: "submitted"; readonly job: JobId; readonly at: Seconds }
  | { readonly kind: "over"; readonly why: string };

export class PilotJob {
  readonly slot: string;
  readonly key: SubmissionKey;
  readonly kind: PilotKind;
  readonly nodes: readonly PilotNode[];
  state: JobState = { kind: "submitting" };
  /** Slurm's last word; null before the first, and while it does not list the job. */
  meaning: JobMeaning | null = null;
  /** The nodes that Slurm has given it. */
  where = "";
  /** We have told it to end. */
  dismissed = false;
  #endedAt: Seconds | null = null;
  #unlistedAt: Seconds | null = null;
  #timesUnlisted = 0;
  #helplessAt: Seconds | null = null;

  constructor(of: {
    readonly slot: string;
    readonly key: SubmissionKey;
    readonly kind: PilotKind;
    readonly nodes: readonly PilotNode[];
  }) {
    this.slot = of.slot;
    this.key = of.key;
    this.kind = of.kind;
    this.nodes = of.nodes;
  }

  /** Whether any of its pilots has ever said a word. */
  get cameUp(): boolean {
    return (
      this.nodes.some(({ state, answered }) => state.kind === "alive" || answered > 0) || this.#saidHello
    );
  }
  #saidHello = false;
  noteHello(): void {
    this.#saidHello = true;
  }

  /** Whether it waits in the queue, as far as is known. */
  get isWaiting(): boolean {
    const begun = this.#saidHello || this.meaning?.kind === "alive" || this.meaning?.kind === "ended";
    return this.state.kind !== "over" && !begun;
  }

  /** How long it has been waiting for something that will not come by itself; null where it is not. */
  helplessFor(now: Seconds): number | null {
    return this.#helplessAt === null ? null : now - this.#helplessAt;
  }

  /** Slurm has answered and lists it. */
  seen(job: SeenJob, now: Seconds): void {
    this.meaning = job.meaning;
    if (job.nodes !== "") this.where = job.nodes;
    this.#unlistedAt = null;
    this.#endedAt = job.meaning.kind === "ended" ? (this.#endedAt ?? now) : null;
    const helpless = job.meaning.kind === "waiting" && job.meaning.hope === "needs-help";
    this.#helplessAt = helpless ? (this.#helplessAt ?? now) : null;
  }

  /** Slurm has answered and does not list it. Once is no reason to believe it. */
  notSeen(now: Seconds): void {
    if (this.meaning?.kind === "ended") return;
    this.meaning = null;
    this.#timesUnlisted = this.#unlistedAt === null ? 1 : this.#timesUnlisted + 1;
    this.#unlistedAt ??= now;
  }

  word(now: Seconds): SlurmWord {
    if (this.meaning?.kind === "ended" && this.#endedAt !== null) {
      return { kind: "ended", how: this.meaning.how, since: now - this.#endedAt };
    }
    if (this.#unlistedAt !== null && this.#timesUnlisted > 1)
      return { kind: "unlisted", since: now - this.#unlistedAt };
    return this.meaning === null ? { kind: "unknown" } : { kind: "alive" };
  }
}
