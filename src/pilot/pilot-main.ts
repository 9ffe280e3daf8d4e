// A pilot from its start to its end: claim the slot, say hello, listen until there is nothing left to do. Whatever it cannot
// do it says, in its outbox and in the job's own log: the launcher shows the one or the other.
import { hostname } from "node:os";
import { type Seconds, seconds, type WorkerId } from "../core/ids.ts";
import type { PilotRules, ToPilot } from "../protocol/mailbox.ts";
import { protocolVersion } from "../protocol/version.ts";
import { claimPath, outboxPath, workerFolder } from "../rundir/layout.ts";
import { isoTime, monotonic, wallClock } from "../system/clock.ts";
import { isFileError } from "../system/file-error.ts";
import { Pace } from "../system/pace.ts";
import { type Allocation, allocationIn, capacityOf } from "./allocation.ts";
import { claimSlot } from "./claim-slot.ts";
import { Inbox } from "./inbox.ts";
import { Outbox } from "./outbox.ts";
import { Pilot } from "./pilot.ts";

export interface PilotOptions {
  /** `runinfo/NNN`, absolute. */
  readonly runFolder: string;
  /** The slot, and with it the folder of its mailbox. */
  readonly worker: WorkerId;
  readonly version: string;
  readonly selfCommand: readonly string[];
}

/** Resolves with the exit status of the job. */
export async function pilotMain(options: PilotOptions): Promise<number> {
  const folder = workerFolder(options.runFolder, options.worker);
  const allocation = allocationIn(process.env, wallClock());
  const note = (line: string) => void process.stderr.write(`${isoTime(wallClock())} pipe: ${line}\n`);
  note(`pilot ${options.worker} on ${hostname()}, ${jobWords(allocation)}`);
  const slot = claimSlot(claimPath(folder), allocation.job);
  if (slot.kind === "taken") {
    note(`this slot is another process's, so there is nothing to do here: ${slot.by}`);
    return 0;
  }
  const inbox = new Inbox(folder);
  const first = await firstWord(inbox, note);
  if (first === null) return 1;
  if (first.kind === "abandoned") {
    note("the launcher has given this slot up");
    return 0;
  }
  let lost = false;
  const outbox = await Outbox.open({
    ...{ path: outboxPath(folder), nonce: slot.nonce, version: options.version, note },
    facts: { worker: options.worker, job: allocation.job ?? "" },
    onLost: (how) => {
      lost = true;
      note(`the outbox is ${how}: nobody can hear what is done here`);
    },
  });
  const service = new Service(options, { inbox, outbox, allocation, rules: first.rules, note });
  const status = await service.run(first.messages, () => lost);
  await outbox.close();
  return status;
}

interface Parts {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly allocation: Allocation;
  readonly rules: PilotRules;
  readonly note: (line: string) => void;
}

class Service {
  readonly #parts: Parts;
  readonly #pilot: Pilot;
  readonly #pace: Pace;
  #wake: (() => void) | null = null;

  constructor(options: PilotOptions, parts: Parts) {
    this.#parts = parts;
    const { allocation, rules, outbox, note } = parts;
    const capacity = capacityOf(rules.capacity, allocation);
    const endsIn = allocation.endsIn ?? rules.walltime;
    this.#pace = new Pace({ quick: 0.004, slow: 1.5 });
    outbox.say({
      ...{ kind: "hello", protocol: protocolVersion, version: options.version },
      ...{ pid: process.pid, host: hostname(), job: allocation.job, capacity, endsIn },
    });
    this.#pilot = new Pilot({
      ...{ name: options.worker, outbox, rules, capacity, gpus: allocation.gpus, note },
      endsAt: endsIn === null ? null : seconds(monotonic() + endsIn),
      ...{ selfCommand: options.selfCommand, environment: process.env },
    });
  }

  async run(messages: readonly ToPilot[], isLost: () => boolean): Promise<number> {
    const { inbox, outbox, rules } = this.#parts;
    const onWarning = () => this.#pilot.warnOfEnd();
    const onEnd = () => this.#pilot.terminate();
    process.on("SIGUSR1", onWarning);
    process.on("SIGTERM", onEnd);
    process.on("SIGINT", onEnd);
    for (const message of messages) this.#pilot.hear(inbox.number, message);
    let why: string | null = null;
    void this.#pilot.left.then((reason) => {
      why = reason;
      outbox.say({ kind: "leaving", why: reason });
      this.#wake?.();
    });
    const beat = setInterval(() => this.#beat(), heartbeat * rules.patience * 1000);
    const look = setInterval(() => this.#pilot.consider(), Math.min(1, rules.patience) * 1000);
    try {
      await this.#listen(() => why !== null || isLost());
    } finally {
      clearInterval(beat);
      clearInterval(look);
    }
    return why === "unfit" || isLost() ? 1 : 0;
  }

  async #listen(isOver: () => boolean): Promise<void> {
    const { inbox, outbox, rules } = this.#parts;
    let lookedAt = monotonic();
    while (!isOver()) {
      const now = monotonic();
      let news = 0;
      // What cannot be answered is not begun.
      if (!outbox.isTroubled) {
        // A launcher that takes over begins a new inbox; looking for one costs as much as reading the old one.
        if (now - lookedAt >= newInbox * rules.patience) {
          lookedAt = now;
          // A new launcher wants to know what there is of the one before: the rest it gives out again.
          if (inbox.lookForNew()) this.#beat();
        }
        news = this.#hear(now);
      }
      if (news > 0) this.#pace.hurry();
      else this.#pace.calm();
      await this.#pause(this.#pace.wait);
    }
  }

  #hear(now: Seconds): number {
    const { inbox, outbox, note } = this.#parts;
    try {
      let news = 0;
      const heard = inbox.poll(now, (message) => {
        // That the launcher lives brings nothing that more could follow on.
        if (message.kind !== "alive") news += 1;
        this.#pilot.hear(inbox.number, message);
      });
      if (heard.kind === "messages") return news;
      if (heard.kind === "unusable") {
        note(heard.message);
        outbox.say({ kind: "unfit", message: heard.message });
        this.#pilot.terminate();
      }
    } catch (error) {
      if (!isFileError(error)) throw error;
      note(`cannot read ${error.path}: ${error.code}`);
    }
    return 0;
  }

  #beat(): void {
    const { inbox, outbox } = this.#parts;
    const of = inbox.number;
    const holding = this.#pilot.holding(of);
    const earlier = this.#pilot.holdingOfEarlier(of);
    outbox.say({ kind: "beat", of, heard: inbox.heard, holding, earlier, free: this.#pilot.free() });
  }

  /** A place that has become empty is a reason to look at once. */
  async #pause(wait: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, wait * 1000);
    this.#wake = resolve;
    this.#pilot.onHunger = () => {
      this.#pace.hurry();
      resolve();
    };
    await promise;
    this.#pilot.onHunger = null;
    clearTimeout(timer);
    this.#wake = null;
  }
}

type FirstWord =
  | { readonly kind: "serve"; readonly rules: PilotRules; readonly messages: readonly ToPilot[] }
  | { readonly kind: "abandoned" };

/** The launcher has written before it submitted the job; where that is not seen for long, this is not its folder. */
async function firstWord(inbox: Inbox, note: (line: string) => void): Promise<FirstWord | null> {
  const until = monotonic() + patience;
  let messages: ToPilot[] = [];
  for (;;) {
    if (inbox.lookForNew()) messages = [];
    const heard = inbox.poll(monotonic(), (message) => messages.push(message));
    if (heard.kind === "unusable") {
      note(heard.message);
      return null;
    }
    if (messages.some((message) => message.kind === "abandoned")) return { kind: "abandoned" };
    const serve = messages.find((message) => message.kind === "serve");
    if (serve !== undefined) return { kind: "serve", rules: serve.rules, messages };
    if (monotonic() > until) {
      note(
        "no word of the launcher was found in the slot's folder: is the dataset's folder the same one here?",
      );
      return null;
    }
    await Bun.sleep(200);
  }
}

/** Seconds that names and words may take to be seen here. */
const patience = 120;
/** Seconds between two signs of life. */
const heartbeat = 15;
/** Seconds between two looks for a new inbox. */
const newInbox = 5;

function jobWords({ job, restarts }: Allocation): string {
  if (job === null) return "in no job";
  return restarts === 0 ? `job ${job}` : `job ${job}, started again (${restarts})`;
}
