// Pilots that do not come up, counted and told: each thing to mend once, and after a few in a row no more of them.
import type { Diagnostic } from "../../../core/diagnostic.ts";
import type { Told } from "./bring-up.ts";
import { neverStarts, noneComesUp, sayHelpless } from "./fleet-words.ts";
import type { PilotJob } from "./pilot-job.ts";

export class FleetTroubles {
  readonly #warn: (message: string, hint: string | null) => void;
  readonly #toldReasons = new Set<string>();
  /** In a row. */
  #failures = 0;

  constructor(warn: (message: string, hint: string | null) => void) {
    this.#warn = warn;
  }

  /** So many pilots in a row have failed. */
  get failures(): number {
    return this.#failures;
  }

  /** One has answered a task: what comes up can work. */
  proved(): void {
    this.#failures = 0;
  }

  /** Tells why a job waits, where that is not as it should be: ten that wait for the same are one thing to mend. */
  waits(job: PilotJob): void {
    const { meaning } = job;
    if (meaning?.kind !== "waiting" || meaning.hope === "normal") return;
    const reason = `${job.kind.index}/${meaning.reason}`;
    if (this.#toldReasons.has(reason)) return;
    this.#toldReasons.add(reason);
    const { message, hint } = sayHelpless(job, waitingWords(job), Math.round(giveUpAfter / 60));
    this.#warn(message, hint);
  }

  neverStarts(job: PilotJob): Diagnostic {
    return neverStarts(job, waitingWords(job));
  }

  /** Returns why no more should be tried, where that is so. The first is told in full, those between say the same. */
  failed(told: Told): Diagnostic | null {
    this.#failures += 1;
    if (this.#failures >= mostFailures) return noneComesUp(this.#failures, told);
    if (this.#failures === 1) this.#warn(told.message, told.hint);
    else this.#warn(briefly(told), null);
    return null;
  }
}

const briefly = ({ message }: Told): string =>
  (message.split("\n")[0] ?? "").replace(/; it printed(:| nothing)$/, "");

const waitingWords = ({ meaning }: PilotJob): string =>
  meaning?.kind === "waiting" ? `${meaning.words} (${meaning.reason})` : "";

/** Seconds that a job may wait for what does not come by itself. */
export const giveUpAfter = 600;
const mostFailures = 3;
