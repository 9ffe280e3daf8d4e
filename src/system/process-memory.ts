// What processes take, from the operating system, or null where it cannot be known honestly: a wrong figure would make
// somebody ask the cluster for the wrong amount of memory.
import { closeSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { type Bytes, bytes, type Seconds, seconds } from "../core/ids.ts";

/** Measures the highest resident memory of this process between `reset` and `peak`. 1 µs and 10 µs a call. */
export interface PeakMeter {
  reset(): void;
  peak(): Bytes | null;
}

/** Linux keeps the peak (VmHWM) and sets it back when 5 is written to clear_refs; elsewhere nothing is known. */
export function openPeakMeter(): PeakMeter {
  try {
    const refs = openSync("/proc/self/clear_refs", "w");
    const status = openSync("/proc/self/status", "r");
    const buffer = Buffer.alloc(8192);
    const five = Buffer.from("5");
    return {
      reset: () => {
        writeSync(refs, five, 0, 1, 0);
      },
      peak: () => {
        const length = readSync(status, buffer, 0, buffer.length, 0);
        return kilobytes(buffer.toString("latin1", 0, length), "VmHWM");
      },
    };
  } catch {
    return { reset: () => {}, peak: () => null };
  }
}

/** Resident memory of a process now; null where it is gone. */
export const residentMemory = (pid: number): Bytes | null => statusField(pid, "VmRSS");

/** The most it has had since it was started, or since `resetPeakOf`. */
export const peakMemory = (pid: number): Bytes | null => statusField(pid, "VmHWM");

/** Lets `peakMemory` of another process of this user begin anew; false where that is not possible. */
export function resetPeakOf(pid: number): boolean {
  try {
    const fd = openSync(`/proc/${pid}/clear_refs`, "w");
    try {
      writeSync(fd, "5");
    } finally {
      closeSync(fd);
    }
    return true;
  } catch {
    return false;
  }
}

/**
 * Memory with shared pages divided by the number of those who share them. Dear (it walks the page tables), but true
 * for a program that forked ten children over one large array: their resident memories add up to ten arrays.
 */
export function proportionalMemory(pid: number): Bytes | null {
  const text = readOrNull(`/proc/${pid}/smaps_rollup`);
  return text === null ? null : kilobytes(text, "Pss");
}

/** CPU time of a process and of those of its children that it has waited for, in steps of 10 ms. */
export const cpuTime = (pid: number): Seconds | null => timeFields(pid, [11, 12, 13, 14]);

/** CPU time of the children alone. */
export const childrenCpuTime = (pid: number): Seconds | null => timeFields(pid, [13, 14]);

/**
 * How often the kernel has ended a process for want of memory, in this control group where that is counted, else on
 * this machine: more than before, and a KILL that nobody sent is explained. Null where it is not counted.
 */
export function outOfMemoryKills(): number | null {
  const group = /^0::(.*)$/m.exec(readOrNull("/proc/self/cgroup") ?? "")?.[1];
  const events = group === undefined ? null : readOrNull(`/sys/fs/cgroup${group}/memory.events`);
  const text = events ?? readOrNull("/proc/vmstat");
  const count = /^oom_kill (\d+)$/m.exec(text ?? "")?.[1];
  return count === undefined ? null : Number(count);
}

/** USER_HZ: part of Linux's interface to programs, 100 on all machines that `pipe` runs on. */
const ticksPerSecond = 100;

function statusField(pid: number, field: string): Bytes | null {
  const text = readOrNull(`/proc/${pid}/status`);
  return text === null ? null : kilobytes(text, field);
}

/** `VmHWM:     40664 kB` in the text. */
function kilobytes(text: string, field: string): Bytes | null {
  const at = text.startsWith(`${field}:`) ? 0 : text.indexOf(`\n${field}:`);
  if (at < 0) return null;
  const amount = Number.parseInt(text.slice(text.indexOf(":", at) + 1), 10);
  return Number.isNaN(amount) ? null : bytes(amount * 1024);
}

/** utime, stime, cutime and cstime are fields 11 to 14 behind the program's name in /proc/PID/stat. */
function timeFields(pid: number, indices: readonly number[]): Seconds | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = indices.reduce((sum, index) => sum + Number(fields[index]), 0);
  return Number.isFinite(ticks) ? seconds(ticks / ticksPerSecond) : null;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return null;
  }
}
