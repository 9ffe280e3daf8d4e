// A project and its dataset, started again and again: which tasks ran in which start, what was said, and what lies in the
// dataset then. The tasks are counted by themselves, on a trace that pipe knows nothing of.
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { type Files, project, replaced } from "./cache-project.ts";
import { type Ending, Playground } from "./playground.ts";
import { asReport, type RunReport } from "./run-report.ts";

/** Block type → the samples on which it ran, in ascending order; a task that ran twice is there twice. */
export type Ran = Readonly<Record<string, readonly number[]>>;

export interface Start extends Ending {
  readonly ran: Ran;
  /** What `--json` printed. Throws where it printed none: the start was refused. */
  readonly report: RunReport;
}

export interface StartOptions {
  /** In place of `--run_sequential`. */
  readonly executor?: readonly string[];
  /** In place of `--num_samples 3`. */
  readonly samples?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Files;
  /** Folder of the pipeline, relative to the playground. */
  readonly cwd?: string;
}

export class CacheRig implements AsyncDisposable {
  readonly play = new Playground();
  /** Relative to the playground. */
  dataset = "data";
  #traces = 0;

  constructor(files: Files = project) {
    this.play.write(files);
  }

  /** Replaces the only place in a file of the project that reads so. */
  edit(name: string, from: string, to: string): void {
    this.play.write({ [name]: replaced(this.play.read(name), from, to) });
  }

  /** `pipe run --json` to its end. */
  async start(options: StartOptions = {}): Promise<Start> {
    const trace = this.newTrace();
    const { executor = ["--run_sequential"], samples = ["--num_samples", "3"], args = [] } = options;
    const path = this.play.path(this.dataset);
    const words = ["run", ...executor, ...samples, "--data_path", path, "--json", ...args];
    const ending = await this.play.pipe(words, {
      env: { TRACE: trace, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    return {
      ...ending,
      ran: ranIn(trace),
      get report() {
        if (ending.stdout === "") throw new Error(`no report, status ${ending.status}:\n${ending.stderr}`);
        return asReport(ending.stdout);
      },
    };
  }

  /** Any other command on the dataset. */
  async say(words: readonly string[], options: { readonly env?: Files } = {}): Promise<Ending> {
    const env = { TRACE: this.newTrace(), ...options.env };
    return await this.play.pipe([...words, "--data_path", this.play.path(this.dataset)], { env });
  }

  newTrace(): string {
    return this.play.path(`trace.${this.#traces++}.txt`);
  }

  /** Path of a file in the dataset. */
  at(...parts: readonly string[]): string {
    return this.play.path(this.dataset, ...parts);
  }

  /** The dataset as the project of this moment makes it from nothing. */
  async fromScratch(options: StartOptions = {}): Promise<Record<string, string>> {
    const mine = this.dataset;
    this.dataset = `scratch-${this.#traces}`;
    const start = await this.start(options);
    if (start.stdout === "") throw new Error(`no dataset from scratch:\n${start.stderr}`);
    const contents = contentsOf(this.at());
    this.dataset = mine;
    return contents;
  }

  contents(): Record<string, string> {
    return contentsOf(this.at());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.play[Symbol.asyncDispose]();
  }
}

export function ranIn(trace: string): Ran {
  const ran: Record<string, number[]> = {};
  const lines = existsSync(trace) ? readFileSync(trace, "utf8").split("\n").slice(0, -1) : [];
  for (const line of lines) {
    const [block = "", sample = ""] = line.split(" ");
    ran[block] = [...(ran[block] ?? []), Number(sample)].sort((a, b) => a - b);
  }
  return ran;
}

/** How many tasks that are. */
export const countOf = (ran: Ran): number => Object.values(ran).flat().length;

/** Everything in a dataset but the books (runinfo, history) and logs, which carry times: files, folders and links. */
export function contentsOf(dataset: string): Record<string, string> {
  const contents: Record<string, string> = {};
  const enter = (folder: string, prefix: string) => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      const stat = lstatSync(path);
      const key = prefix + name;
      if (prefix === "" && (name === "runinfo" || name === "history.jsonl")) continue;
      if (name === "log.log") continue;
      if (stat.isDirectory()) {
        contents[key] = "(folder)";
        enter(path, `${key}/`);
      } else {
        contents[key] = stat.isSymbolicLink()
          ? `(link to ${readlinkSync(path)})`
          : readFileSync(path, "latin1");
      }
    }
  };
  enter(dataset, "");
  return contents;
}

/** Everything below a folder, runinfo included, with its times: equal before and after means that nothing was touched. */
export function stateOf(folder: string): Record<string, string> {
  const state: Record<string, string> = {};
  if (!existsSync(folder)) return state;
  for (const name of [".", ...readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()]) {
    const path = join(folder, name);
    const { mtimeMs, ctimeMs, ino, size } = lstatSync(path);
    const content = lstatSync(path).isFile() ? Bun.hash(readFileSync(path)).toString(16) : "";
    state[name] = `${mtimeMs} ${ctimeMs} ${ino} ${size} ${content}`;
  }
  return state;
}

/** Sets the modification time of a file, or of everything in a folder. */
export function setTimes(path: string, when: Date): void {
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path)) setTimes(join(path, name), when);
  }
  utimesSync(path, when, when);
}
