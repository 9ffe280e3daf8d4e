// Which clusters there are and whose: a file for each, written before anything else of it. A test run that is killed stops
// nothing; the next start of any cluster on this machine reads here that the owner is gone and removes what it left.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Remains, remove, statFields } from "./remains.ts";

/** Emptied when the machine starts, like the table of processes that the entries speak of. */
const folder = "/run/pipe-test-clusters";

export function record({ name, folder: of }: Remains): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, name), `${process.pid} ${birthOf(process.pid)} ${of}\n`, { flag: "wx" });
}

export function forget(name: string): void {
  rmSync(join(folder, name), { force: true });
}

/** Two that do this at once do no harm: there is nothing to remove that is not to be removed. */
export async function removeAbandoned(): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) {
    const [, pid = "", birth = "", of = ""] = /^(\d+) (\d+) (.+)\n$/.exec(read(name)) ?? [];
    if (of === "" || birthOf(Number(pid)) === birth) continue;
    await remove({ name, folder: of });
    forget(name);
  }
}

/** Empty where it was forgotten in the meantime, or is being written. */
function read(name: string): string {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch {
    return "";
  }
}

/** When the process began, in ticks since the machine did: tells two apart that had the same number. */
function birthOf(pid: number): string | undefined {
  return statFields(pid)?.[19];
}
