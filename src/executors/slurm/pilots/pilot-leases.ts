// What each pilot may still be given: less and less as its time runs out, nothing while nobody hears of it; and which are lost.
import { type Seconds, seconds } from "../../../core/ids.ts";
import type { ExecutorEvent } from "../../executor.ts";
import { leaseOf } from "./lease.ts";
import { longestFor } from "./longest.ts";
import type { PilotJob } from "./pilot-job.ts";
import type { PilotNode } from "./pilot-node.ts";

export interface LeasesOptions {
  readonly walltime: Seconds;
  readonly patience: number;
  readonly now: () => Seconds;
  readonly jobOf: (slot: string) => PilotJob | undefined;
  readonly emit: (event: ExecutorEvent) => void;
  /** Slurm should be asked. */
  readonly onLate: () => void;
  readonly onLost: (node: PilotNode) => void;
}

export class PilotLeases {
  readonly #options: LeasesOptions;
  readonly #told = new Map<string, Seconds | null>();
  #consideredAt: Seconds;

  constructor(options: LeasesOptions) {
    this.#options = options;
    this.#consideredAt = options.now();
  }

  consider(nodes: Iterable<PilotNode>, now: Seconds): void {
    const { jobOf, patience, onLate, onLost } = this.#options;
    // Where we ourselves stood still, on a hanging file server or in a sleeping machine, everybody seems silent.
    const stall = now - this.#consideredAt;
    this.#consideredAt = now;
    for (const node of [...nodes]) {
      const job = jobOf(node.slot);
      // One that has not said a word is seen to with its job, unless others of the job have.
      if (node.state.kind === "gone" || (node.state.kind === "awaited" && job?.cameUp !== true)) continue;
      if (stall > 5) node.heardAt = seconds(Math.min(now, node.heardAt + stall));
      const lease = leaseOf(now - node.heardAt, job?.word(now) ?? { kind: "unknown" }, patience);
      if (lease.kind === "late") onLate();
      if (lease.kind === "lost") onLost(node);
      else if (node.state.kind === "alive") this.narrow(node, lease.kind === "suspect" ? "silent" : "heard");
    }
  }

  /** Tells what it takes from now on, where that has changed. */
  narrow(node: PilotNode, how: "silent" | "heard" = "heard"): void {
    const longest = how === "silent" ? seconds(0) : this.longest(node);
    const before = this.#told.get(node.worker) ?? null;
    if (before === longest) return;
    this.#told.set(node.worker, longest);
    this.#options.emit({ kind: "narrowed", worker: node.worker, longest });
    if (how === "heard") return;
    const message = `${node.worker} has said nothing for long, and Slurm says that it runs: it gets nothing new`;
    this.#options.emit({ kind: "warning", message, hint: "its node or the file server may hang" });
  }

  longest(node: PilotNode): Seconds | null {
    if (node.state.kind !== "alive") return null;
    const { endsAt } = node.state;
    const { walltime, patience, now, jobOf } = this.#options;
    return longestFor(jobOf(node.slot)?.kind.limits ?? [], endsAt === null ? null : endsAt - now(), {
      ...{ walltime, patience, refused: node.refused },
    });
  }

  /** What it joins with: that is known then. */
  joined(node: PilotNode): Seconds | null {
    const longest = this.longest(node);
    this.#told.set(node.worker, longest);
    return longest;
  }

  forget(node: PilotNode): void {
    this.#told.delete(node.worker);
  }
}
