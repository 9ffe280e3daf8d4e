// Which machine and which process this is, and whether a process that was written down earlier still lives. A process
// number alone says nothing: after a reboot, or after some days, it belongs to somebody else.
import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { hostname, platform, userInfo } from "node:os";
import { readText } from "./durable-file.ts";
import { isFileError, onFile } from "./file-error.ts";

/** One process, never to be mistaken for another one, at no time and on no machine. */
export interface ProcessIdentity {
  readonly host: string;
  /** The machine's own number, where it has one; two machines may share a host name. */
  readonly machine: string | null;
  /** Changes with each start of the operating system; null where it cannot be known. */
  readonly boot: string | null;
  /** The PID namespace; a container's processes cannot be seen from another one. Null where there are none. */
  readonly space: string | null;
  readonly pid: number;
  /** When the process started, in the operating system's own words; null where it cannot be known. */
  readonly started: string | null;
}

export type Vitality =
  | "alive"
  | "dead"
  /** On another machine: only that one knows. */
  | "elsewhere"
  /** On this machine, but in a container that cannot be looked into. */
  | "hidden";

export const hostName = (): string => hostname();

/** By its number, as the system's own list has it: `USER` may be unset, or another's. The number where it has no name. */
export function userName(): string {
  const number = process.getuid?.();
  if (number === undefined) return userInfo().username;
  const list = readText("/etc/passwd");
  const line =
    list === "missing" ? undefined : list.split("\n").find((one) => one.split(":")[2] === `${number}`);
  return line?.split(":")[0] || process.env.USER || String(number);
}

export function thisProcess(): ProcessIdentity {
  return {
    host: hostName(),
    machine: machineId(),
    boot: bootId(),
    space: pidSpace(),
    pid: process.pid,
    started: processStart(process.pid),
  };
}

/** Whether the process lives, as seen from the process `here` (this one). */
export function vitality(of: ProcessIdentity, here: ProcessIdentity = thisProcess()): Vitality {
  const sameBoot = of.boot !== null && of.boot === here.boot;
  if (!sameBoot) {
    const sameMachine =
      of.host === here.host && (of.machine === null || here.machine === null || of.machine === here.machine);
    if (!sameMachine) return "elsewhere";
    // The same machine, started anew: nothing of before lives.
    if (of.boot !== null && here.boot !== null) return "dead";
  }
  if (of.space !== here.space) return "hidden";
  const started = processStart(of.pid);
  // Where /proc hides other users' processes (hidepid), a signal that is refused still proves that there is one.
  if (started === null) return mayNotSignal(of.pid) ? "alive" : "dead";
  return of.started === null || of.started === started ? "alive" : "dead";
}

/** Changes with each start of the operating system. */
export function bootId(): string | null {
  if (platform() === "linux") return firstLine("/proc/sys/kernel/random/boot_id");
  if (platform() === "darwin") return answerOf("sysctl", ["-n", "kern.bootsessionuuid"]);
  return null;
}

/** When a process started, in words that are only good for comparing; null where there is no such living process. */
export function processStart(pid: number): string | null {
  if (platform() === "linux") return startFromStat(firstLine(`/proc/${pid}/stat`));
  const line = answerOf("ps", ["-o", "stat=,lstart=", "-p", String(pid)]);
  if (line === null || line.startsWith("Z")) return null;
  return line.replace(/^\S+\s+/, "");
}

/**
 * The 22nd field of /proc/PID/stat, clock ticks since boot. The second field is the program's name, which may hold blanks
 * and brackets. A zombie (Z, X) does nothing any more and counts as gone.
 */
export function startFromStat(stat: string | null): string | null {
  if (stat === null) return null;
  const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === "Z" || state === "X") return null;
  return fields[18] ?? null;
}

function mayNotSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function machineId(): string | null {
  return platform() === "linux" ? firstLine("/etc/machine-id") : null;
}

function pidSpace(): string | null {
  if (platform() !== "linux") return null;
  try {
    return onFile("read", "/proc/self/ns/pid", () => readlinkSync("/proc/self/ns/pid"));
  } catch (error) {
    if (isFileError(error)) return null;
    throw error;
  }
}

function firstLine(path: string): string | null {
  try {
    const text = readText(path);
    if (text === "missing") return null;
    const line = text.split("\n", 1)[0] ?? "";
    return line === "" ? null : line;
  } catch (error) {
    if (isFileError(error)) return null;
    throw error;
  }
}

function answerOf(program: string, argv: readonly string[]): string | null {
  const ran = spawnSync(program, argv, { encoding: "utf8", env: { ...process.env, LC_ALL: "C", TZ: "UTC" } });
  const line = (ran.stdout ?? "").trim();
  return ran.status === 0 && line !== "" ? line : null;
}
