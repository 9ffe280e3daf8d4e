// How a command shows a run while it goes: give it the run's events, and it writes to standard error, as a live view or
// as lines. It never looks at anything but the events, so that it cannot disturb the run.

import type { RunEvent } from "../core/events.ts";
import type { Moment } from "../core/ids.ts";
import { never } from "../core/never.ts";
import { wallClock } from "../system/clock.ts";
import { hostName } from "../system/host.ts";
import { renderLive } from "./live-view.ts";
import { createPace, type Pace } from "./pace.ts";
import { createPlainLines, type PlainLines } from "./plain-lines.ts";
import { createProgress, type Progress } from "./progress.ts";
import { createTelling, type TellingLevel } from "./tell-event.ts";
import { createTerminalFrame, type Terminal } from "./terminal-frame.ts";

/**
 * `live`: bars, for a terminal. `plain`: a line now and then. `quiet`: failures only. `verbose`: every task.
 * A run whose tasks print to the same terminal (`--run_sequential`) wants `plain`: their lines would tear the bars.
 */
export type ProgressMode = "live" | "plain" | "quiet" | "verbose";

export interface ProgressOutput {
  listener(event: RunEvent): void;
  /** Any other message of the program, without a newline at its end: it must not be written into the bars. */
  message(text: string): void;
  /** Always call it, also after an error: it stops the clock and takes the bars away. */
  close(): void;
  /** What the events add up to, for the summary. */
  readonly progress: Progress;
}

export interface ProgressOutputOptions {
  readonly mode: ProgressMode;
  /** Standard error. */
  readonly stream: Terminal;
  readonly colours: boolean;
  /** Flags that make `pipe exec BLOCK SAMPLE` find the same pipeline and dataset. */
  readonly execFlags: readonly string[];
  /** Paths below it are shown relative to it. */
  readonly workingFolder: string | null;
  /** Whether the bars stay when it is closed; default: they go, because a summary follows. */
  readonly atEnd?: "clear" | "keep";
  readonly host?: string;
  readonly now?: () => Moment;
  /** Calls `tick` every so many milliseconds until the answer is called. */
  readonly every?: (milliseconds: number, tick: () => void) => () => void;
}

export function createProgressOutput(options: ProgressOutputOptions): ProgressOutput {
  const progress = createProgress();
  const pace = createPace();
  const { mode, colours, execFlags, workingFolder, host = hostName() } = options;
  const tell = createTelling(progress, { level: levelOf(mode), colours, execFlags, workingFolder, host });
  const show = mode === "live" ? liveShow(progress, pace, options) : linesShow(progress, pace, options);
  let open = true;
  return {
    progress,
    listener(event) {
      progress.apply(event);
      if (!open) return;
      const told = tell(event);
      if (told.length > 0) show.message(told.join("\n"));
      show.event(event);
    },
    message(text) {
      if (open) show.message(text);
      else options.stream.write(`${text}\n`);
    },
    close() {
      if (open) show.close();
      open = false;
    },
  };
}

interface Show {
  event(event: RunEvent): void;
  message(text: string): void;
  close(): void;
}

/** Ten times a second is as quick as an eye; between two pictures an event costs nothing but its counting. */
const redrawEvery = 100;

function liveShow(progress: Progress, pace: Pace, options: ProgressOutputOptions): Show {
  const { stream, now = wallClock, every = interval } = options;
  const frame = createTerminalFrame(stream);
  const draw = () => {
    const at = now();
    pace.note(progress, at);
    const size = { columns: stream.columns ?? 80, rows: stream.rows ?? 24 };
    if (progress.run !== null) {
      frame.draw(renderLive(progress, pace, { ...size, now: at, colours: options.colours }));
    }
  };
  const stop = every(redrawEvery, draw);
  return {
    event() {},
    message: (text) => frame.above(text),
    close() {
      stop();
      if (options.atEnd === "keep") draw();
      else frame.clear();
    },
  };
}

function linesShow(progress: Progress, pace: Pace, options: ProgressOutputOptions): Show {
  const { stream, mode, now = wallClock, every = interval } = options;
  const write = (text: string) => stream.write(`${text}\n`);
  if (mode === "quiet") return { event() {}, message: write, close() {} };
  const lines: PlainLines = createPlainLines(progress, pace);
  const stop = every(1000, () => {
    pace.note(progress, now());
    for (const line of lines.onTick(now())) write(line);
  });
  return {
    event(event) {
      const at = now();
      pace.note(progress, at);
      for (const line of lines.onEvent(event, at)) write(line);
    },
    message: write,
    close: stop,
  };
}

function levelOf(mode: ProgressMode): TellingLevel {
  switch (mode) {
    case "quiet":
      return "failures";
    case "live":
    case "plain":
      return "messages";
    case "verbose":
      return "tasks";
    default:
      return never(mode);
  }
}

/** A clock that does not keep the process alive. */
function interval(milliseconds: number, tick: () => void): () => void {
  const timer = setInterval(tick, milliseconds);
  timer.unref();
  return () => clearInterval(timer);
}
