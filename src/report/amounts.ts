// Durations, sizes and counts as people read them. Without one place, the same 90 seconds would be "90.0s" in the
// live view and "1m 30s" in the summary.

/** Exact figures are for JSON; a person reads `4 ms`, `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`, `3 d 4 h`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "?";
  // A table in which every task takes `0 s` says nothing. What is no time at all stays `0 s`.
  if (seconds > 0 && seconds < 0.0995) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1).replace(/\.0$/, "")} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`.replace(/ 00 s$/, "");
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) {
    return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`.replace(/ 00 min$/, "");
  }
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`.replace(/ 0 h$/, "");
}

/** A guess, rounded so that it does not look like a measurement: `5 s`, `40 s`, `3 min`, `1 h 20 min`, `2 d`. */
export function roughDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "?";
  if (seconds < 57.5) return `${Math.max(5, Math.round(seconds / 5) * 5)} s`;
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return `${minutes} min`;
  const tens = Math.round(seconds / 600) * 10;
  if (tens < 600) return duration(tens * 60);
  const hours = Math.round(seconds / 3600);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

/** Powers of 1024, in the units that a `memory` option is written in: `512M`, `3.9G`. */
export function size(bytes: number): string {
  const units = [" bytes", "K", "M", "G", "T"];
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 9.95 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, "")}${units[unit]}`;
}

/** `1 issue`, `2 issues`, `12,345 tasks`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${thousands(n)} ${n === 1 ? one : many}`;
}

/** `12,345`. */
export function thousands(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** How often tasks end, in the unit that gives a readable figure: `420 tasks/s`, `3.1 tasks/s`, `15 tasks/min`. */
export function taskRate(perSecond: number): string {
  if (perSecond >= 1) return `${figure(perSecond)} tasks/s`;
  if (perSecond >= 1 / 60) return `${figure(perSecond * 60)} tasks/min`;
  return `${figure(perSecond * 3600)} tasks/h`;
}

const figure = (n: number): string =>
  n < 9.95 ? n.toFixed(1).replace(/\.0$/, "") : thousands(Math.round(n));
const two = (n: number): string => String(n).padStart(2, "0");
