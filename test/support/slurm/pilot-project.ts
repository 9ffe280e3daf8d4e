// A project on a cluster's shared folder, and runs of it on pilots: what ran is counted by the tasks themselves, outside of
// the dataset, and at the end nothing may be left: no job, no process, no file that was put aside.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isTemporaryName } from "../../../src/system/durable-file.ts";
import { contentsOf } from "../cache-rig.ts";
import { type Ending, Playground, type Started } from "../playground.ts";
import { asReport, type RunReport } from "../run-report.ts";
import type { Cluster } from "./cluster.ts";
import { eventually, NotYet } from "./eventually.ts";

export interface ProjectOptions {
  /** All waiting times of pilots and launcher are multiplied with it. */
  readonly patience?: number;
  /** In place of the cluster's own: with wrappers in front of Slurm's commands. */
  readonly env?: Readonly<Record<string, string>>;
  /** In place of a folder in the cluster's shared one. */
  readonly folder?: string;
}

let projects = 0;

export class PilotProject implements AsyncDisposable {
  readonly folder: string;
  /** One line for each task that began: `BLOCK SAMPLE`. */
  readonly trace: string;
  readonly cluster: Cluster;
  readonly #play = new Playground();
  readonly #env: Readonly<Record<string, string>>;

  constructor(
    cluster: Cluster,
    files: Readonly<Record<string, string>>,
    { patience = 0.1, env = cluster.env, folder }: ProjectOptions = {},
  ) {
    this.cluster = cluster;
    this.folder = folder ?? join(cluster.shared, `project ${projects++}`);
    this.trace = join(cluster.shared, `trace-${crypto.randomUUID().slice(0, 8)}.txt`);
    this.#env = { ...env, PIPE_PATIENCE: String(patience), TRACE: this.trace };
    mkdirSync(this.folder, { recursive: true });
    this.write(files);
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(this.at(name)), { recursive: true });
      writeFileSync(this.at(name), text, { mode: name.endsWith(".sh") ? 0o755 : 0o644 });
    }
  }

  at(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  read(...parts: readonly string[]): string {
    return readFileSync(this.at(...parts), "utf8");
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    return this.#play.startIn(this.folder, args, { env: { ...this.#env, ...env } });
  }

  /** Any command to its end. */
  pipe(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ending> {
    return this.start(args, env).ended;
  }

  /** `pipe run --json` to its end. */
  async run(args: readonly string[] = []): Promise<Ending & { readonly report: RunReport }> {
    return withReport(await this.pipe(["run", "--json", ...args]));
  }

  /** What has begun, in order. */
  get began(): readonly string[] {
    return existsSync(this.trace) ? readFileSync(this.trace, "utf8").split("\n").slice(0, -1) : [];
  }

  /** Resolves when so many tasks have begun. */
  untilBegun(count: number, seconds = 30): Promise<true> {
    return eventually(
      `${count} tasks have begun`,
      () => this.began.length >= count || new NotYet(`${this.began.length} have`),
      seconds,
    );
  }

  contents(dataset = "data"): Record<string, string> {
    return contentsOf(this.at(dataset));
  }

  /** The jobs of pipe that wait or run. */
  async jobs() {
    const jobs = await this.cluster.jobs();
    return jobs.filter(
      ({ name, state }) => name.startsWith("pipe.") && /PENDING|RUNNING|COMPLETING/.test(state),
    );
  }

  untilJobs(count: number, state = /RUNNING/, seconds = 30) {
    return eventually(
      `${count} jobs ${state}`,
      async () => {
        const jobs = (await this.jobs()).filter((job) => state.test(job.state));
        return jobs.length >= count ? jobs : new NotYet(JSON.stringify(await this.cluster.jobs()));
      },
      seconds,
    );
  }

  /** The processes of pilots and of their tasks. */
  processes(): readonly { readonly pid: number; readonly command: string }[] {
    return this.#play.processes();
  }

  /** Those of the pilots alone, not of their workers. */
  pilotProcesses(): readonly number[] {
    return this.processes()
      .filter(
        ({ command }) => / worker --run_dir .* --slot p\d+/.test(command) && !command.startsWith("srun"),
      )
      .filter(({ command }) => command.startsWith("/") && command.includes("/runinfo/bin/"))
      .map(({ pid }) => pid);
  }

  /** No job waits or runs, no process lives, no file was left aside. A job takes a moment to be over. */
  async nothingLeft(seconds = 15): Promise<void> {
    await eventually(
      "no job and no process is left",
      async () => {
        const left = [...(await this.jobs()), ...this.processes()];
        return left.length === 0 || new NotYet(JSON.stringify(left));
      },
      seconds,
    );
    if (!existsSync(this.at("data"))) return;
    const aside = readdirSync(this.at("data"), { recursive: true, encoding: "utf8" }).filter(
      (path) => path.startsWith("runinfo/aside/") || isLeftover(path.slice(path.lastIndexOf("/") + 1)),
    );
    if (aside.length > 0) throw new Error(`left aside: ${aside.join(", ")}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const jobs = await this.jobs();
    if (jobs.length > 0) await this.cluster.run(["scancel", ...jobs.map(({ id }) => id)]);
    await this.#play[Symbol.asyncDispose]();
  }
}

/** What a start makes before it has the dataset's lock stays when it is killed: nobody else may touch it. */
const isLeftover = (name: string): boolean => isTemporaryName(name) && !/^\.(lock|probe)\./.test(name);

export function withReport(ending: Ending): Ending & { readonly report: RunReport } {
  return {
    ...ending,
    get report() {
      if (ending.stdout === "") throw new Error(`no report, status ${ending.status}:\n${ending.stderr}`);
      return asReport(ending.stdout);
    },
  };
}
