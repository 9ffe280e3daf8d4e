// Removing a cluster, living or dead, with nothing known but its name and its folder: every process of it, its jobs
// included, carries the name in its environment, every mount lies below the folder, every link and namespace of the
// network begins with the name. So what a killed test run left behind goes the same way as what a test stops.
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { eventually, NotYet } from "./eventually.ts";
import { run } from "./programs.ts";

export interface Remains {
  /** Slurm gives it to every job as SLURM_CLUSTER_NAME. */
  readonly name: string;
  readonly folder: string;
}

export async function remove({ name, folder }: Remains): Promise<void> {
  await eventually(`the processes of ${name} are gone`, () => {
    const left = processesOf(name);
    for (const pid of left) kill(pid);
    return left.length === 0;
  });
  await eventually(`nothing is mounted below ${folder}`, async () => {
    const left = mountsBelow(folder);
    // Lazily: a filesystem whose process is gone cannot be asked to write back what it holds.
    for (const mount of left.toReversed()) await run(["umount", "--lazy", mount]);
    return left.length === 0;
  });
  for (const namespace of namesIn("/run/netns", name)) await run(["ip", "netns", "delete", namespace]);
  for (const link of namesIn("/sys/class/net", name)) await run(["ip", "link", "delete", link]);
  // Tried again where it fails: somebody else may be removing the same, or the kernel not be done with the last process.
  await eventually(`${folder} and the control groups of ${name} are removed`, () => {
    try {
      for (const group of controlGroupsOf(name)) rmdirSync(group);
      rmSync(folder, { recursive: true, force: true });
      return true;
    } catch (error) {
      return new NotYet(String(error));
    }
  });
}

/** Throws, naming it, where anything is left. */
export function expectNothingOf({ name, folder }: Remains): void {
  const left = [
    ...processesOf(name).map((pid) => `left running: ${pid} ${commandOf(pid)}`),
    ...mountsBelow(folder).map((path) => `left mounted: ${path}`),
    ...namesIn("/run/netns", name).map((each) => `left network namespace: ${each}`),
    ...namesIn("/sys/class/net", name).map((each) => `left network device: ${each}`),
    ...controlGroupsOf(name).map((path) => `left control group: ${path}`),
    ...(existsSync(folder) ? [`left folder: ${folder}`] : []),
  ];
  if (left.length > 0) throw new Error(left.join("\n"));
}

/** Living processes of the cluster, with all that came from them: a job may have emptied its environment. */
export function processesOf(name: string): readonly number[] {
  const parents = parentOfEach();
  const found = new Set([...parents.keys()].filter((pid) => pid !== process.pid && holds(pid, name)));
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  found.delete(process.pid);
  return [...found].filter((pid) => !isZombie(pid));
}

/** In the order in which they were mounted. */
export function mountsBelow(folder: string): readonly string[] {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[4] ?? [])
    .map((path) => path.replaceAll("\\040", " "))
    .filter((path) => path === folder || path.startsWith(`${folder}/`));
}

/** The innermost first, as they have to go; whatever the kernel has mounted there, one level or two down. */
function controlGroupsOf(name: string): readonly string[] {
  const top = "/sys/fs/cgroup";
  const found = [top, ...namesIn(top, "").map((each) => join(top, each))]
    .flatMap((folder) => [folder, join(folder, "system.slice")])
    .flatMap((folder) => namesIn(folder, "").map((each) => join(folder, each)))
    .filter((path) => basename(path).includes(name));
  return [...new Set(found)].flatMap((path) => [
    ...readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort((a, b) => b.length - a.length),
    path,
  ]);
}

function namesIn(folder: string, beginning: string): readonly string[] {
  return isFolder(folder) ? readdirSync(folder).filter((name) => name.startsWith(beginning)) : [];
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function parentOfEach(): ReadonlyMap<number, number> {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const fields = statFields(Number(entry));
    if (fields !== undefined) parents.set(Number(entry), Number(fields[1]));
  }
  return parents;
}

const isZombie = (pid: number): boolean => statFields(pid)?.[0] === "Z";

/** Of proc(5), from the third (state) on: the second is a name that may hold anything. */
export function statFields(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined; // gone
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "(gone by now)";
  }
}

function holds(pid: number, text: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").includes(text);
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone by itself.
  }
}
