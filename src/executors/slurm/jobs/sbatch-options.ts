// What is asked of Slurm, as its long options. Pure.
import type { Resources } from "../../../core/resources.ts";

/** A path in which Slurm is to see no `%j` and the like. */
export const literally = (path: string): string => path.replaceAll("%", "%%");

/** Cores, memory, GPUs and time of one task or node. */
export function resourceOptions(needs: Resources): Readonly<Record<string, string>> {
  return {
    "cpus-per-task": String(needs.cpus),
    ...(needs.memory === null ? {} : { mem: `${Math.max(1, Math.ceil(needs.memory / megabyte))}M` }),
    ...(needs.gpus === 0 ? {} : { gres: `gpu:${needs.gpus}` }),
    ...(needs.time === null ? {} : { time: slurmTime(needs.time) }),
  };
}

/** An empty value, or `true`, is an option without one; `false` leaves it out. */
export function longOptions(options: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(options)
    .filter(([, value]) => value !== "false")
    .map(([name, value]) => (value === "" || value === "true" ? `--${name}` : `--${name}=${value}`));
}

/** `1-02:03:04`; Slurm takes whole seconds and counts in minutes. */
export function slurmTime(span: number): string {
  const whole = Math.max(1, Math.ceil(span));
  const [days, hours] = [Math.floor(whole / 86_400), Math.floor((whole % 86_400) / 3600)];
  const pair = (n: number) => String(n).padStart(2, "0");
  const clock = `${pair(hours)}:${pair(Math.floor((whole % 3600) / 60))}:${pair(whole % 60)}`;
  return days === 0 ? clock : `${days}-${clock}`;
}

const megabyte = 1024 * 1024;
