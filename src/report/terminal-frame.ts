// The last lines of a terminal, drawn over and over, with messages scrolling away above them. The cursor is never hidden
// and rests below the frame: however the program ends, even by a kill, the terminal is as it should be.

import { widthOf } from "./columns.ts";

/** The little of a terminal that is needed; `process.stderr` is one. */
export interface Terminal {
  write(text: string): unknown;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

export interface TerminalFrame {
  /** Replaces what was drawn before. Nothing is written when it would look the same. */
  draw(lines: readonly string[]): void;
  /** Puts text above the frame, where it stays. */
  above(text: string): void;
  /** Removes the frame. */
  clear(): void;
}

export function createTerminalFrame(terminal: Terminal): TerminalFrame {
  let drawn: readonly string[] = [];
  let drawnColumns = 0;

  /** One write for everything: a terminal that shows the state between two writes flickers. */
  function repaint(lines: readonly string[]): void {
    terminal.write(`${backToTop()}${lines.map((line) => `${line}\x1b[K\n`).join("")}\x1b[J`);
    remember(lines);
  }

  function remember(lines: readonly string[]): void {
    drawn = lines;
    drawnColumns = terminal.columns || 80;
  }

  function backToTop(): string {
    const rows = drawn.reduce((sum, line) => sum + rowsOf(line, terminal.columns || 80), 0);
    return rows === 0 ? "\r" : `\r\x1b[${rows}A`;
  }

  return {
    draw(lines) {
      const same = lines.length === drawn.length && lines.every((line, i) => line === drawn[i]);
      if (same && drawnColumns === (terminal.columns || 80)) return;
      repaint(lines);
    },
    above(text) {
      // Erased before and not line by line: what was erased behind a line's end counts as part of it when a terminal
      // wraps its history anew, and what stays there should look like what was printed.
      terminal.write(`${backToTop()}\x1b[J${text}\n${drawn.map((line) => `${line}\n`).join("")}`);
      remember(drawn);
    },
    clear() {
      if (drawn.length > 0) repaint([]);
    },
  };
}

/** A line that fitted takes several rows when the window has become narrower since: terminals wrap it anew. */
function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(widthOf(line) / Math.max(1, columns)));
}
