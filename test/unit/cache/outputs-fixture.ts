// A sample's folder on a real disk, and its files recorded as a worker records them.
import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sampleId } from "../../../src/core/ids.ts";
import type { FileRecord } from "../../../src/core/manifest.ts";
import type { TaskPlace } from "../../../src/rundir/task-folder.ts";
import { difference, observeFolder, withContents } from "../../../src/system/observe-folder.ts";
import { scratch } from "../system/scratch.ts";

const everything = () => true;

export class SampleRig implements Disposable {
  readonly #root = scratch();
  readonly dataPath = this.#root.at("data");
  readonly place: TaskPlace = { dataPath: this.dataPath, sample: sampleId(42) };
  readonly folder = join(this.dataPath, "000042");

  constructor() {
    mkdirSync(this.folder, { recursive: true });
  }

  /** In the sample's folder; `../outside` lies beside the dataset's. */
  at(name: string): string {
    return name.startsWith("../outside") ? this.#root.at(name.slice(3)) : join(this.folder, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), text);
  }

  link(name: string, target: string): void {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    symlinkSync(target, this.at(name));
  }

  read(name: string): string {
    return readFileSync(this.at(name), "utf8");
  }

  /** An hour later, to the millisecond. */
  touch(name: string): void {
    const later = new Date(1_795_003_600_000);
    utimesSync(this.at(name), later, later);
  }

  /** What a task leaves that does this. */
  async task(act: () => void): Promise<readonly FileRecord[]> {
    const before = observeFolder(this.folder, everything);
    act();
    const manifest = difference(before, observeFolder(this.folder, everything));
    return (await withContents(this.folder, manifest)).files;
  }

  /** Paths of all that lies in the sample's folder now, folders with `/`. */
  get listing(): readonly string[] {
    const seen = observeFolder(this.folder, everything);
    return [...seen.keys(), ...seen.folders].sort();
  }

  [Symbol.dispose](): void {
    this.#root[Symbol.dispose]();
  }
}
