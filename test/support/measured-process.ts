// A process while it runs, as the kernel sees it: time, processor time and peak memory of itself alone, without what it started.
// `resourceUsage` would add up its workers, and knows no peak below our own memory.
import { readFileSync } from "node:fs";

export interface Measured {
  readonly stdout: string;
  readonly status: number | null;
  /** Seconds from start to end. */
  readonly seconds: number;
  /** Seconds of processor time, in user and system mode; up to 10 ms of the end are missing. */
  readonly cpuSeconds: number;
  /** Bytes. */
  readonly peakMemory: number;
}

/** Kernel ticks per second in /proc, on every Linux. */
const ticks = 100;

export async function measure(
  command: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Measured> {
  const before = Bun.nanoseconds();
  const child = Bun.spawn([...command], { ...options, stdio: ["ignore", "pipe", "inherit"] });
  let cpuSeconds = 0;
  let peakMemory = 0;
  const look = () => {
    try {
      const stat = readFileSync(`/proc/${child.pid}/stat`, "latin1");
      // Behind the name, which may hold anything: fields 14 and 15 of proc(5).
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      cpuSeconds = (Number(fields[11]) + Number(fields[12])) / ticks;
      const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "latin1"))?.[1];
      if (peak !== undefined) peakMemory = Number(peak) * 1024;
    } catch {
      // It has ended.
    }
  };
  const timer = setInterval(look, 10);
  const stdout = await child.stdout.text();
  await child.exited;
  const seconds = (Bun.nanoseconds() - before) / 1e9;
  clearInterval(timer);
  return { stdout, status: child.exitCode, seconds, cpuSeconds, peakMemory };
}

/** Of an odd number of values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
