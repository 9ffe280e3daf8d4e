// A terminal for tests: what is on it after bytes were written to it. It knows the few sequences that the live view uses,
// and throws at any other, and at a line that would have been wrapped.

import { widthOf } from "../../../src/report/columns.ts";

export class Screen {
  columns: number;
  rows = 24;
  writes = 0;
  #lines: string[] = [""];
  #row = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  write(text: string): void {
    this.writes++;
    for (const [token = ""] of text.matchAll(/\x1b\[(\d*)([A-Za-z])|\r|\n|[^\x1b\r\n]+|\x1b/g)) {
      const [, amount = "", command] = /^\x1b\[(\d*)([A-Za-z])$/.exec(token) ?? [];
      if (token === "\n") this.#down();
      else if (token === "\r") continue;
      else if (command === "A") this.#row = Math.max(0, this.#row - Number(amount || 1));
      else if (command === "J") this.#lines = this.#lines.slice(0, this.#row + 1).with(this.#row, "");
      else if (command === "K") continue;
      else if (command !== undefined || token === "\x1b")
        throw new Error(`an unknown sequence: ${JSON.stringify(token)}`);
      else this.#put(token);
    }
  }

  /** Every write of ours ends with the cursor at the beginning of an empty line. */
  get cursorRow(): number {
    return this.#row;
  }

  get text(): string {
    return this.#lines.join("\n").trimEnd();
  }

  #put(text: string): void {
    if (widthOf(text) > this.columns) throw new Error(`too wide: ${text}`);
    this.#lines[this.#row] = text;
  }

  #down(): void {
    this.#row++;
    if (this.#row === this.#lines.length) this.#lines.push("");
  }
}
