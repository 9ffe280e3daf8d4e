// A task runner as a worker has it, in the test's own process, over a dataset folder of its own.
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Pipeline } from "../../src/api/pipeline.ts";
import type { Failure } from "../../src/core/failure.ts";
import { attempt, blockName, sampleId, taskId } from "../../src/core/ids.ts";
import { defaultResources, type Resources } from "../../src/core/resources.ts";
import { freshSample, type SampleState } from "../../src/core/sample.ts";
import type { TaskResult } from "../../src/protocol/answer.ts";
import type { Assignment } from "../../src/protocol/assignment.ts";
import { freshMark, marked } from "../../src/system/process-mark.ts";
import { createTaskRunner } from "../../src/worker/run-task.ts";
import { fileOutput } from "../../src/worker/task-output.ts";
import type { TaskRunner } from "../../src/worker/task-runner.ts";
import { expectNoneLeft } from "./leftovers.ts";

export interface TaskDetails {
  readonly attempt?: number;
  readonly needs?: Partial<Resources>;
  readonly state?: Partial<SampleState>;
  readonly environment?: Readonly<Record<string, string>>;
}

export class RunnerRig implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "pipe-runner-"));
  readonly dataPath = join(this.folder, "data");
  readonly runFolder = join(this.dataPath, "runinfo", "000");
  readonly mark = freshMark();
  readonly #output: number;
  #runner: TaskRunner | null = null;
  #tasks = 0;

  constructor() {
    mkdirSync(this.runFolder, { recursive: true });
    this.#output = openSync(this.path("worker.log"), "a");
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file and returns its absolute path; `.sh` files may be executed. */
  write(name: string, text: string): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    if (name.endsWith(".sh")) chmodSync(path, 0o755);
    return path;
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  exists(name: string): boolean {
    return existsSync(this.path(name));
  }

  use(
    pipeline: Pipeline,
    how: "own-process" | "shared-process" = "own-process",
    disk: "own" | "shared" = "own",
  ): this {
    this.#runner = createTaskRunner({
      pipeline,
      runFolder: this.runFolder,
      dataPath: this.dataPath,
      seed: 7,
      workerFolder: this.path("worker"),
      output: fileOutput({
        path: this.path("worker.log"),
        runFolder: this.runFolder,
        stdout: this.#output,
        stderr: this.#output,
      }),
      process: how,
      disk,
      mark: this.mark,
      grace: 0.3,
    });
    return this;
  }

  get runner(): TaskRunner {
    if (this.#runner === null) throw new Error("no pipeline yet: call use()");
    return this.#runner;
  }

  assignment(block: string, sample: number, details: TaskDetails = {}): Assignment {
    return {
      task: taskId(this.#tasks++),
      attempt: attempt(details.attempt ?? 1),
      block: blockName(block),
      target: { kind: "sample", sample: { ...freshSample(sampleId(sample)), ...details.state } },
      needs: { ...defaultResources, ...details.needs },
      environment: details.environment ?? {},
      key: null,
    };
  }

  async run(block: string, sample = 0, details: TaskDetails = {}): Promise<TaskResult> {
    return await this.runner.run(this.assignment(block, sample, details), new AbortController().signal);
  }

  /** The failure of a task that is expected to have one. */
  async failure(block: string, sample = 0, details: TaskDetails = {}): Promise<Failure> {
    const { outcome } = await this.run(block, sample, details);
    if (outcome.kind !== "failed") throw new Error(`it did not fail: ${JSON.stringify(outcome)}`);
    return outcome.failure;
  }

  log(result: TaskResult): string {
    return result.log === null ? "" : readFileSync(join(this.runFolder, result.log), "utf8");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runner?.close();
    closeSync(this.#output);
    try {
      expectNoneLeft(marked(this.mark));
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}
