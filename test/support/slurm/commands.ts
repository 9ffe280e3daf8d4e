// Slurm's commands as a test uses them: what they print becomes values, what they refuse an error with their words.
import { eventually, NotYet } from "./eventually.ts";
import { type Ended, must, type ProgramOptions, run } from "./programs.ts";

export interface Job {
  /** As Slurm shows it: `12`, or `12_3` for an element of an array. */
  readonly id: string;
  readonly name: string;
  /** In long form: PENDING, RUNNING, COMPLETED … */
  readonly state: string;
  readonly partition: string;
  /** Empty before it runs. */
  readonly nodes: string;
  readonly comment: string;
  /** `None`, or why it waits or failed. */
  readonly reason: string;
}

export interface NodeState {
  readonly name: string;
  /** idle, mixed, allocated, down …; with `*` while it does not answer. */
  readonly state: string;
}

/** Those after which nothing follows, but for a requeue. */
const ended = new Set([
  ...["COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "OUT_OF_MEMORY", "BOOT_FAIL"],
  "DEADLINE",
]);

export class Commands {
  /** For whatever talks to this cluster, `pipe` included: `SLURM_CONF` and nothing else of Slurm. */
  readonly env: Readonly<Record<string, string>>;

  constructor(env: Readonly<Record<string, string>>) {
    this.env = env;
  }

  /** Any program in the environment of this cluster. */
  run(command: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
    return run(command, { ...options, env: { ...this.env, ...options.env } });
  }

  /** Its standard output; throws with its words when it fails. */
  must(command: readonly string[], options: ProgramOptions = {}): Promise<string> {
    return must(command, { ...options, env: { ...this.env, ...options.env } });
  }

  /**
   * Submits, and returns the job's id. What jobs print goes nowhere unless `--output` is among the arguments; a script
   * that is given as text ends them.
   */
  async sbatch(args: readonly string[], options: { readonly script?: string; readonly cwd?: string } = {}) {
    const { script, cwd = "/" } = options;
    const output = args.some((arg) => /^(-o|--output)/.test(arg)) ? [] : ["--output=/dev/null"];
    const printed = await this.must(["sbatch", "--parsable", ...output, ...args], {
      cwd,
      ...(script === undefined ? {} : { input: script }),
    });
    return (printed.trim().split("\n").at(-1) ?? "").split(";")[0] ?? "";
  }

  async scancel(...args: readonly string[]): Promise<void> {
    await this.must(["scancel", ...args]);
  }

  /** Every job that the controller remembers, each element of an array for itself. */
  async jobs(): Promise<readonly Job[]> {
    // The reason is free text, so it comes last; a comment of ours holds no `|`.
    const printed = await this.must(["squeue", "-h", "-a", "-r", "-t", "all", "-o", "%i|%j|%T|%P|%N|%k|%r"]);
    return printed
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const [id = "", name = "", state = "", partition = "", nodes = "", comment = "", ...reason] =
          line.split("|");
        const said = comment === "(null)" ? "" : comment;
        return { id, name, state, partition, nodes, comment: said, reason: reason.join("|") };
      });
  }

  async job(id: string): Promise<Job | undefined> {
    return (await this.jobs()).find((job) => job.id === id);
  }

  /** Waits until the job is in one of the states, and returns it as it was then. */
  untilJob(id: string, states: string | readonly string[], seconds = 30): Promise<Job> {
    const wanted = [states].flat();
    return eventually(
      `job ${id} becomes ${wanted.join(" or ")}`,
      async () => {
        const job = await this.job(id);
        if (job === undefined) return new NotYet("not listed");
        return wanted.includes(job.state) ? job : new NotYet(`${job.state} (${job.reason})`);
      },
      seconds,
    );
  }

  /** Waits until the job waits for this reason: the one it is given first is not always the one that stays. */
  untilReason(id: string, reason: string, seconds = 30): Promise<Job> {
    return eventually(
      `job ${id} waits for ${reason}`,
      async () => {
        const job = await this.job(id);
        return job?.reason === reason ? job : new NotYet(`${job?.state} (${job?.reason})`);
      },
      seconds,
    );
  }

  async nodes(): Promise<readonly NodeState[]> {
    const printed = await this.must(["sinfo", "-h", "-N", "-p", "main", "-o", "%N|%T"]);
    return printed
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const [name = "", state = ""] = line.split("|");
        return { name, state };
      });
  }

  untilNode(name: string, state: string | RegExp, seconds = 60): Promise<NodeState> {
    return eventually(
      `node ${name} becomes ${state}`,
      async () => {
        const node = (await this.nodes()).find((each) => each.name === name);
        const fits = typeof state === "string" ? node?.state === state : state.test(node?.state ?? "");
        return fits && node !== undefined ? node : new NotYet(node?.state ?? "not listed");
      },
      seconds,
    );
  }

  /** Waits until no job waits or runs any more and every node is free. */
  untilIdle(seconds = 60): Promise<true> {
    return eventually(
      "the cluster is idle",
      async () => {
        const jobs = (await this.jobs()).filter(({ state }) => !ended.has(state));
        const nodes = (await this.nodes()).filter(({ state }) => state !== "idle");
        if (jobs.length + nodes.length === 0) return true;
        const said = jobs.map(({ id, state, reason }) => `job ${id} ${state} (${reason})`);
        return new NotYet([...said, ...nodes.map(({ name, state }) => `node ${name} ${state}`)].join(", "));
      },
      seconds,
    );
  }
}
