// What this machine offers to tasks.
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { type Bytes, bytes } from "../core/ids.ts";

/** Cores that this process may use (its affinity counts, not the machine's size). */
export const usableCores = (): number => availableParallelism();

/** What the machine has in all, whatever of it this process may use. */
export const wholeMachine = (): { readonly cores: number; readonly memory: Bytes } => ({
  cores: cpus().length,
  memory: bytes(totalmem()),
});

/** Memory that there is for all processes: the machine's, or what the control group of this process allows. */
export function usableMemory(): Bytes {
  return bytes(Math.min(totalmem(), groupLimit() ?? Number.POSITIVE_INFINITY));
}

/** GPUs by what CUDA_VISIBLE_DEVICES leaves of them, else by their device files; none where there is no NVIDIA driver. */
export function gpuNames(visible: string | undefined = process.env.CUDA_VISIBLE_DEVICES): readonly string[] {
  if (visible !== undefined) return gpusIn(visible);
  try {
    const devices = readdirSync("/dev").filter((name) => /^nvidia\d+$/.test(name));
    return devices.map((_, index) => String(index));
  } catch {
    return [];
  }
}

/** The names in a value of CUDA_VISIBLE_DEVICES or its like. */
export function gpusIn(visible: string): readonly string[] {
  const names = visible.split(",").map((name) => name.trim());
  // As the driver reads it: the first one that is none ends the list.
  const end = names.findIndex((name) => name === "" || name.startsWith("-") || name === "NoDevFiles");
  return end < 0 ? names : names.slice(0, end);
}

function groupLimit(): number | null {
  try {
    const group = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "latin1"))?.[1] ?? "";
    const limit = Number(readFileSync(`/sys/fs/cgroup${group}/memory.max`, "latin1"));
    return Number.isFinite(limit) && limit > 0 ? limit : null;
  } catch {
    return null;
  }
}
