// How long to wait before looking again: a moment while news comes, longer and longer while none does. Mailboxes lie on a
// file server that others use as well: looking a hundred times a second at nothing would be noticed by everybody.

export interface PaceLimits {
  /** Seconds after news. */
  readonly quick: number;
  /** Seconds when nothing has come for long. */
  readonly slow: number;
}

/** Each look that finds nothing makes the next wait so much longer. */
const growth = 1.5;

export class Pace {
  readonly #limits: PaceLimits;
  #wait: number;

  constructor(limits: PaceLimits) {
    this.#limits = limits;
    this.#wait = limits.quick;
  }

  /** Seconds until the next look. */
  get wait(): number {
    return this.#wait;
  }

  /** News has come, or is to be expected any moment. */
  hurry(): void {
    this.#wait = this.#limits.quick;
  }

  /** Looked, and there was nothing. `slow`: another limit than the usual one. */
  calm(slow = this.#limits.slow): void {
    this.#wait = Math.min(slow, this.#wait * growth);
  }
}
