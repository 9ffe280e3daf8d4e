// A run folder as a launcher leaves it, for the tests of what reads one.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RunEvent } from "../../../src/core/events.ts";
import { moment } from "../../../src/core/ids.ts";
import { JournalWriter } from "../../../src/journal/writer.ts";
import { eventsFormat } from "../../../src/rundir/events-format.ts";
import {
  eventsPath,
  lockFolder,
  lockOwnerName,
  runFolder,
  runRecordPath,
} from "../../../src/rundir/layout.ts";
import { lockOwnerText } from "../../../src/rundir/lock-owner.ts";
import { writeRunRecord } from "../../../src/rundir/run-record.ts";
import { type RunFolder, runOf } from "../../../src/rundir/runs.ts";
import type { ProcessIdentity } from "../../../src/system/host.ts";
import { start } from "./events.ts";

export class RunFolderOnDisk implements Disposable {
  readonly dataPath = mkdtempSync(join(tmpdir(), "pipe-report-"));
  readonly run: RunFolder;
  #writer: JournalWriter | null = null;

  constructor(number = 3) {
    this.run = runOf(this.dataPath, number);
    mkdirSync(runFolder(this.dataPath, number), { recursive: true });
  }

  record(more: Partial<Parameters<typeof writeRunRecord>[1]> = {}): this {
    writeRunRecord(runRecordPath(this.run.path), {
      run: this.run.name,
      commandLine: ["run", "--run_local", "--comment", "first try"],
      comment: "first try",
      started: moment(start),
      finished: null,
      versions: { pipe: "0.1.0", bun: "1.4.5" },
      git: null,
      host: "laptop",
      user: "anna",
      configuration: {},
      ...more,
    });
    return this;
  }

  async events(events: Iterable<RunEvent>): Promise<void> {
    this.#writer ??= await JournalWriter.create(eventsPath(this.run.path), {
      ...eventsFormat,
      tool: "0.1.0",
      facts: {},
    });
    for (const event of events) this.#writer.append(JSON.parse(JSON.stringify(event)));
    await this.#writer.sync();
  }

  lock(process: ProcessIdentity, run: string | null = this.run.name): void {
    const owner = { process, nonce: "00ff", since: moment(start), command: "pipe run", run };
    mkdirSync(lockFolder(this.dataPath), { recursive: true });
    writeFileSync(join(lockFolder(this.dataPath), lockOwnerName), lockOwnerText(owner));
  }

  unlock(): void {
    rmSync(lockFolder(this.dataPath), { recursive: true, force: true });
  }

  file(name: string, content: string): void {
    const path = join(this.run.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  [Symbol.dispose](): void {
    rmSync(this.dataPath, { recursive: true, force: true });
  }
}
