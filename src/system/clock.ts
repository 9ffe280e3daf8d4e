// The only place that asks what time it is. Anywhere else a test could not decide what time it is, and durations
// would be taken from a clock that somebody may set.
import { type Moment, moment, type Seconds, seconds } from "../core/ids.ts";

/** Now, by this machine's wall clock: for display only. Clocks of two machines are never compared. */
export const wallClock = (): Moment => moment(Date.now());

/** Seconds since some moment in the past of this process; never goes back. For durations and patience. */
export const monotonic = (): Seconds => seconds(performance.now() / 1000);

/** `2026-11-22T10:15:00.000Z`: how a moment is written in files that people read. */
export const isoTime = (at: Moment): string => new Date(at).toISOString();

/** The moment that such a text names, or null where it is none. */
export function parseIsoTime(text: string): Moment | null {
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : moment(at);
}
