// A dataset folder with a bundled pipeline, a pool of real worker processes over it, and everything that the pool has said.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { attempt, blockName, bytes, sampleId, seconds, taskId, workerId } from "../../src/core/ids.ts";
import { type Capacity, defaultResources, type Resources } from "../../src/core/resources.ts";
import { freshSample, type SampleState } from "../../src/core/sample.ts";
import { createPool } from "../../src/pool/pool.ts";
import type { Pool, PoolEvent, PoolTiming } from "../../src/pool/pool-terms.ts";
import type { TaskResult } from "../../src/protocol/answer.ts";
import type { Assignment } from "../../src/protocol/assignment.ts";
import { expectNoneLeft } from "./leftovers.ts";

const entry = resolve(import.meta.dir, "worker-entry.ts");
export const quick: Partial<PoolTiming> = { grace: 0.3, slack: 0.3, interval: 0.03, failedStarts: 2 };

export interface RigOptions {
  /** Source behind `import { … } from "pipe"`, with an `export default`. */
  readonly pipeline: string;
  readonly processes?: number;
  readonly capacity?: Capacity;
  readonly timing?: Partial<PoolTiming>;
  readonly files?: Readonly<Record<string, string>>;
  /** The worker's own seconds between TERM and KILL. */
  readonly grace?: number;
  readonly guard?: boolean;
  /** In the environment of everything that is started; default: one of its own. */
  readonly token?: string;
}

export class PoolRig implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "pipe-pool-"));
  readonly dataPath = join(this.folder, "data");
  readonly runFolder = join(this.dataPath, "runinfo", "000");
  readonly token: string;
  readonly pool: Pool;
  readonly events: PoolEvent[] = [];
  readonly #waiting = new Set<() => void>();
  #tasks = 0;

  constructor(options: RigOptions) {
    this.token = options.token ?? crypto.randomUUID();
    mkdirSync(this.runFolder, { recursive: true });
    this.write({ "data/runinfo/000/pipeline.js": pipelineSource(options.pipeline), ...options.files });
    const command = (kind: string, worker: string) => [
      ...[process.execPath, entry, kind, this.runFolder, this.dataPath, worker, String(options.grace ?? 0.3)],
    ];
    this.pool = createPool({
      workerOf: (lane) => workerId(`local-${lane}`),
      commandOf: (worker) => command("ipc", worker),
      guardCommand: options.guard === true ? command("guard", "guard") : null,
      processes: options.processes ?? 2,
      capacity: options.capacity ?? { cpus: 2, memory: null, gpus: 0 },
      runFolder: this.runFolder,
      environment: { ...process.env, PIPE_TEST_TOKEN: this.token },
      emit: (event) => {
        this.events.push(event);
        for (const wake of [...this.#waiting]) wake();
      },
      timing: { ...quick, ...options.timing },
    });
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      if (name.endsWith(".sh")) chmodSync(path, 0o755);
    }
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  exists(name: string): boolean {
    return existsSync(join(this.folder, name));
  }

  list(name: string): string[] {
    return readdirSync(join(this.folder, name)).sort();
  }

  /** A task of its own number on the sample. */
  task(
    block: string,
    sample: number,
    more: { needs?: Partial<Resources>; state?: Partial<SampleState> } = {},
  ): Assignment {
    return {
      task: taskId(this.#tasks++),
      attempt: attempt(1),
      block: blockName(block),
      target: { kind: "sample", sample: { ...freshSample(sampleId(sample)), ...more.state } },
      needs: { ...defaultResources, ...more.needs },
      environment: {},
      key: null,
    };
  }

  /** Gives them to the pool and waits for all their answers, in the order of the assignments. */
  async run(assignments: readonly Assignment[]): Promise<readonly TaskResult[]> {
    this.pool.assign(assignments);
    return await Promise.all(assignments.map((assignment) => this.ended(assignment)));
  }

  async ended(assignment: Assignment): Promise<TaskResult> {
    const event = await this.until((one) => one.kind === "ended" && one.result.task === assignment.task);
    if (event.kind !== "ended") throw new Error("not an end");
    return event.result;
  }

  /** The first event, past or to come, that is meant. */
  async until(meant: (event: PoolEvent) => boolean): Promise<PoolEvent> {
    for (;;) {
      const found = this.events.find(meant);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  get results(): readonly TaskResult[] {
    return this.events.flatMap((event) => (event.kind === "ended" ? [event.result] : []));
  }

  get warnings(): readonly string[] {
    return this.events.flatMap((event) => (event.kind === "warning" ? [event.message] : []));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.stop({ kind: "end-now", grace: 0.2 });
    try {
      expectNoneLeft(this.token);
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}

const pipelineSource = (rest: string): string =>
  `import { command, DatasetBlock, Pipeline, PipelineBlock, SampleIssue } from "pipe";\n${rest}`;

export const megabytes = (count: number) => bytes(count * 1024 * 1024);
export const after = (count: number) => seconds(count);
