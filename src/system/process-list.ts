// Which processes there are, and who started whom. The operating system tells it as it is this very moment: whoever
// acts on it must look again afterwards, because processes are born and end while one reads.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** Process group; equal to `pid` for its leader. */
  readonly group: number;
  /** When it was started, in the operating system's own words: a number that is used again differs in this. */
  readonly started: string;
}

/** The numbers of all processes. Cheap (60 µs for a hundred), so that one can remember who was there before. */
export function listPids(): readonly number[] {
  if (!onLinux) return listByPs().map((entry) => entry.pid);
  const pids: number[] = [];
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (pid > 0) pids.push(pid);
  }
  return pids;
}

/** All living processes but those in `leaveOut`. One that has ended and waits for its parent (a zombie) is not living. */
export function listProcesses(leaveOut: ReadonlySet<number>): readonly ProcessEntry[] {
  if (!onLinux) return listByPs().filter((entry) => !leaveOut.has(entry.pid));
  const entries: ProcessEntry[] = [];
  for (const pid of listPids()) {
    if (leaveOut.has(pid)) continue;
    const entry = processEntry(pid);
    if (entry !== null) entries.push(entry);
  }
  return entries;
}

/** True where the process was started with an environment that contains `text`. False where that cannot be known. */
export function environmentHolds(pid: number, text: string): boolean {
  if (!onLinux) return false;
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").includes(text);
  } catch {
    // Gone, or somebody else's: then it is none of ours.
    return false;
  }
}

/**
 * The process and its descendants, as far as they have not lost their parents; by the kernel's lists of children, which
 * cost a read each and no walk over all processes. Good enough for measuring, not for ending.
 */
export function familyOf(pid: number): readonly number[] {
  const members = [pid];
  const childrenOf = onLinux ? childrenByThread : childrenByPs();
  for (const member of members) members.push(...childrenOf(member));
  return members;
}

/** The living process of this number, or null. */
export function processEntry(pid: number): ProcessEntry | null {
  if (!onLinux) return listByPs().find((entry) => entry.pid === pid) ?? null;
  try {
    return entryFromStat(pid, readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return null;
  }
}

/** The second field of /proc/PID/stat is the program's name in brackets, and may itself hold brackets and blanks. */
export function entryFromStat(pid: number, stat: string): ProcessEntry | null {
  const [state, parent, group, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === undefined || state === "Z" || state === "X") return null;
  return { pid, parent: Number(parent), group: Number(group), started: rest[16] ?? "" };
}

const onLinux = process.platform === "linux";

/** A child belongs to the thread that started it. */
function childrenByThread(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
      const text = readFileSync(`/proc/${pid}/task/${thread}/children`, "latin1");
      return text === "" ? [] : text.trim().split(" ").map(Number);
    });
  } catch {
    return [];
  }
}

function childrenByPs(): (pid: number) => readonly number[] {
  const all = listByPs();
  return (pid) => all.filter((entry) => entry.parent === pid).map((entry) => entry.pid);
}

function listByPs(): readonly ProcessEntry[] {
  const ran = spawnSync("ps", ["-axo", "pid=,ppid=,pgid=,stat=,lstart="], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
  });
  const entries: ProcessEntry[] = [];
  for (const line of (ran.stdout ?? "").split("\n")) {
    const fields = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (fields === null || fields[4]?.startsWith("Z") === true) continue;
    entries.push({
      pid: Number(fields[1]),
      parent: Number(fields[2]),
      group: Number(fields[3]),
      started: fields[5] ?? "",
    });
  }
  return entries;
}
