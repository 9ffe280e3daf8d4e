// Listening to pilots. An outbox that cannot be read now is as good as silence: the pilot's lease says what comes of that.
import type { Seconds } from "../../../core/ids.ts";
import { seconds } from "../../../core/ids.ts";
import { isFileError } from "../../../system/file-error.ts";
import type { SlurmRun } from "../jobs/slurm-run.ts";
import type { PilotNode } from "./pilot-node.ts";

export class PilotEars {
  readonly #run: Pick<SlurmRun, "now" | "warn">;
  /** Of those whose outboxes cannot be read: it has been told. */
  readonly #told = new Set<string>();

  constructor(run: Pick<SlurmRun, "now" | "warn">) {
    this.#run = run;
  }

  /** @param slow seconds between looks when nothing comes. */
  listen(node: PilotNode, now: Seconds, slow: number): void {
    try {
      node.poll(now, slow);
      this.#told.delete(node.worker);
    } catch (error) {
      if (!isFileError(error)) throw error;
      node.dueAt = seconds(now + slow);
      if (this.#told.has(node.worker)) return;
      this.#told.add(node.worker);
      const message = `${node.worker} cannot be heard: ${error.code} on ${error.path}`;
      this.#run.warn(message, "it is tried again until it can");
    }
  }

  /** Before one is given up: its last word may lie there unread. Whether there was one. */
  listenOnce(node: PilotNode): boolean {
    const before = node.heard;
    this.listen(node, this.#run.now(), node.pace.wait);
    return node.heard > before;
  }
}
