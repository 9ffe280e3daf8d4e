// A program of the cluster that stays as long as we do: in a session of its own, so that Ctrl-C in a terminal does not reach
// it before the cleaning up does, but killed by the kernel when we are. What it says is in a file that an error message can
// show the end of.
import { closeSync, openSync, readFileSync } from "node:fs";

export class Daemon {
  readonly name: string;
  readonly #log: string;
  readonly #child: Bun.Subprocess;

  constructor(
    command: readonly string[],
    where: { readonly name: string; readonly log: string; readonly env: Readonly<Record<string, string>> },
  ) {
    this.name = where.name;
    this.#log = where.log;
    const log = openSync(where.log, "a");
    try {
      this.#child = Bun.spawn(["setpriv", "--pdeathsig", "KILL", ...command], {
        env: { ...where.env },
        cwd: "/",
        stdio: ["ignore", log, log],
        detached: true,
      });
    } finally {
      closeSync(log);
    }
    this.#child.unref(); // a test that is over must not be kept by what it forgot to stop
  }

  get pid(): number {
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Throws with its last words when it has ended. For loops that wait until it is ready. */
  mustLive(): void {
    if (!this.hasEnded) return;
    const { exitCode, signalCode } = this.#child;
    throw new Error(`${this.name} ended with ${signalCode ?? exitCode}:\n${this.lastWords()}`);
  }

  lastWords(): string {
    return readFileSync(this.#log, "utf8").trimEnd().split("\n").slice(-20).join("\n");
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Sends the signal and waits until the process is gone. */
  async end(name: "SIGTERM" | "SIGKILL"): Promise<void> {
    this.signal(name);
    await this.#child.exited;
  }
}
