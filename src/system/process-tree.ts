// A process with all that it started, and how to end it whole. A signal to the process alone leaves its children
// running, one to its group those that called setsid; so members are found in three ways: by group, by parent, and by
// an unguessable mark in the environment that they were all started with.
//
// Not found is who left the group, lost its parent and cleared its environment (`env -i setsid prog &`).
import { setTimeout as sleep } from "node:timers/promises";
import { monotonic } from "./clock.ts";
import { environmentHolds, listProcesses, type ProcessEntry } from "./process-list.ts";

export interface TreeRoot {
  /** The process at the top while it lives; null once it has been waited for: its number may be somebody else's. */
  readonly pid: number | null;
  /** Its process group, where it leads one. */
  readonly group: number | null;
  /** What the environment of all members contains; null where nothing was put there. */
  readonly mark: string | null;
}

export interface TreeEnding {
  /** Those that had to be ended, by number. */
  readonly ended: readonly number[];
  /** Those that even KILL did not end within `patience`: stuck in the kernel, usually on a dead file server. */
  readonly survivors: readonly number[];
}

/**
 * All living members, the top included, this process never.
 * `olderOnes`: processes that were there before the tree was started; they are not looked at, which is what makes
 * looking cheap on a node with a thousand processes.
 */
export function findTree(root: TreeRoot, olderOnes: ReadonlySet<number> = nobody): readonly ProcessEntry[] {
  const all = listProcesses(olderOnes);
  const members = new Map<number, ProcessEntry>();
  for (const entry of all) {
    if (entry.pid === process.pid || entry.pid === 1) continue;
    const belongs =
      entry.pid === root.pid ||
      (root.group !== null && entry.group === root.group) ||
      (root.mark !== null && environmentHolds(entry.pid, root.mark));
    if (belongs) members.set(entry.pid, entry);
  }
  addDescendants(all, members);
  return [...members.values()];
}

/** TERM to every member, KILL after `grace` seconds to whoever is still there; resolves when none is left. */
export async function endTree(
  root: TreeRoot,
  how: { readonly grace: number; readonly patience?: number; readonly olderOnes?: ReadonlySet<number> },
): Promise<TreeEnding> {
  const ended = new Set<number>();
  let left = findTree(root, how.olderOnes);
  const termed = new Set<string>();
  const killFrom = monotonic() + how.grace;
  const giveUpAt = killFrom + (how.patience ?? 5);
  let pause = 1;
  while (left.length > 0) {
    const now = monotonic();
    if (now >= giveUpAt) break;
    for (const entry of left) {
      ended.add(entry.pid);
      const incarnation = `${entry.pid} ${entry.started}`;
      if (now >= killFrom) {
        signal(entry.pid, "SIGKILL");
      } else if (!termed.has(incarnation)) {
        termed.add(incarnation);
        signal(entry.pid, "SIGTERM");
      }
    }
    await sleep(now < killFrom ? Math.min(pause, (killFrom - now) * 1000) : pause);
    pause = Math.min(pause * 2, 50);
    left = findTree(root, how.olderOnes);
  }
  return { ended: [...ended], survivors: left.map((entry) => entry.pid) };
}

/** KILL to every member that can be seen now, without waiting: for a process that is about to end itself. */
export function killTreeNow(root: TreeRoot): void {
  for (const entry of findTree(root)) signal(entry.pid, "SIGKILL");
}

const nobody: ReadonlySet<number> = new Set();

function addDescendants(all: readonly ProcessEntry[], members: Map<number, ProcessEntry>): void {
  const children = new Map<number, ProcessEntry[]>();
  for (const entry of all) {
    const siblings = children.get(entry.parent);
    if (siblings === undefined) children.set(entry.parent, [entry]);
    else siblings.push(entry);
  }
  const open = [...members.keys()];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const child of children.get(pid) ?? []) {
      if (members.has(child.pid) || child.pid === process.pid) continue;
      members.set(child.pid, child);
      open.push(child.pid);
    }
  }
}

function signal(pid: number, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone since it was listed; whether anybody is left is found out by looking again.
  }
}
