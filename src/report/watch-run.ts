// A run watched through its folder: the same bars as the launcher's, on whatever machine sees the dataset. Polls, since
// no filesystem tells of another machine's writes.

import { setTimeout as sleep } from "node:timers/promises";
import { renderLive } from "./live-view.ts";
import { createPace } from "./pace.ts";
import { createPlainLines } from "./plain-lines.ts";
import type { RunReader } from "./read-run.ts";
import type { StatusFacts } from "./say-status.ts";
import { createTerminalFrame, type Terminal } from "./terminal-frame.ts";

export interface WatchOptions {
  readonly reader: RunReader;
  /** Polls the run. */
  readonly look: () => StatusFacts;
  readonly stream: Terminal & { readonly isTTY?: boolean };
  readonly colours: boolean;
  readonly pollEvery?: number;
}

/** Until the run has ended, or its launcher is gone. Answers with how it stands then. */
export async function watchRun(options: WatchOptions): Promise<StatusFacts> {
  const { reader, look, stream, colours, pollEvery = 1000 } = options;
  const pace = createPace();
  const frame = createTerminalFrame(stream);
  const lines = createPlainLines(reader.progress, pace);
  for (;;) {
    const facts = look();
    const { progress, now } = facts;
    pace.note(progress, now);
    const over = !["alive", "out-of-sight"].includes(facts.launcher.kind);
    if (stream.isTTY === true) {
      const size = { columns: stream.columns ?? 80, rows: stream.rows ?? 24 };
      if (over) frame.clear();
      else frame.draw(renderLive(progress, pace, { ...size, now, colours }));
    } else if (!over) {
      for (const line of lines.onTick(now)) stream.write(`${line}\n`);
    }
    if (over) return facts;
    await sleep(pollEvery);
  }
}
