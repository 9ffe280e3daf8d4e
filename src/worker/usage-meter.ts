// What a task took: seconds by the clock, CPU time and peak memory from the operating system. Tasks that are over in a
// moment are not asked for their memory: the question alone (10 µs) would cost more than they do.
import { type Bytes, bytes, type Seconds, seconds } from "../core/ids.ts";
import type { Usage } from "../core/outcome.ts";
import { monotonic } from "../system/clock.ts";
import { childrenCpuTime, openPeakMeter } from "../system/process-memory.ts";

/** What a program used, measured by whoever waited for it. */
export interface ProgramUsage {
  readonly cpuSeconds: Seconds | null;
  readonly peakMemory: Bytes | null;
}

export interface UsageMeter {
  /** Call before the task. */
  begin(): void;
  /** `program`: the task was this program's work; null: it was done in this process. */
  end(program: ProgramUsage | null): Usage;
  /** The most memory this process had since `begin`: a child's own peak is never reported below this. */
  floor(): Bytes;
}

export function createUsageMeter(): UsageMeter {
  const peak = openPeakMeter();
  let began = monotonic();
  let cpuBefore = 0;
  // Changes only when this process has waited for a child, so that reading it after long tasks is enough.
  let childrenBefore = childrenTime();
  return {
    begin: () => {
      peak.reset();
      const { user, system } = process.cpuUsage();
      cpuBefore = user + system;
      began = monotonic();
    },
    end: (program) => {
      const took = seconds(monotonic() - began);
      if (program !== null) return { seconds: took, ...program };
      const { user, system } = process.cpuUsage();
      const own = (user + system - cpuBefore) / 1e6;
      if (took < momentary) return { seconds: took, cpuSeconds: seconds(own), peakMemory: null };
      const children = childrenTime();
      const waitedFor = Math.max(0, children - childrenBefore);
      childrenBefore = children;
      return { seconds: took, cpuSeconds: seconds(own + waitedFor), peakMemory: peak.peak() };
    },
    floor: () => peak.peak() ?? bytes(process.memoryUsage.rss()),
  };
}

/** In seconds. */
const momentary = 0.002;

const childrenTime = (): number => childrenCpuTime(process.pid) ?? 0;
