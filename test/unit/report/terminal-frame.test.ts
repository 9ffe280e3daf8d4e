// The frame is drawn into a small terminal of our own.
import { expect, test } from "bun:test";
import { createTerminalFrame } from "../../../src/report/terminal-frame.ts";
import { seeded } from "./events.ts";
import { Screen } from "./screen.ts";

test("a picture replaces the one before, messages stay above it", () => {
  const screen = new Screen(40);
  const frame = createTerminalFrame(screen);
  frame.draw(["one", "two", "three"]);
  frame.above("error: something\n  a note");
  frame.draw(["uno", "due"]);
  expect(screen.text).toBe("error: something\n  a note\nuno\ndue");
  frame.above("warning: more");
  frame.clear();
  frame.above("the end");
  expect(screen.text).toBe("error: something\n  a note\nwarning: more\nthe end");
  expect(screen.cursorRow).toBe(4);
});

test("the same picture is not written twice, each other one in one write", () => {
  const screen = new Screen(40);
  const frame = createTerminalFrame(screen);
  frame.draw(["one"]);
  frame.draw(["one"]);
  expect(screen.writes).toBe(1);
  frame.above("message");
  frame.draw(["two"]);
  expect(screen.writes).toBe(3);
  frame.clear();
  frame.clear();
  expect(screen.writes).toBe(4);
});

test("after a resize the picture goes up as many rows as the terminal made of it", () => {
  const written: string[] = [];
  const terminal = { columns: 40, rows: 10, write: (text: string) => written.push(text) };
  const frame = createTerminalFrame(terminal);
  frame.draw(["x".repeat(39), "short", "日".repeat(10)]);
  terminal.columns = 15;
  frame.draw(["narrow"]);
  // 39 columns are 3 rows of 15, 20 columns are 2.
  expect(written.at(-1)).toBe("\r\x1b[6Anarrow\x1b[K\n\x1b[J");
});

test("the cursor is never hidden: there is nothing to restore after a kill", () => {
  const written: string[] = [];
  const frame = createTerminalFrame({ columns: 40, write: (text: string) => written.push(text) });
  frame.draw(["one"]);
  frame.above("two");
  frame.clear();
  expect(written.join("")).not.toContain("\x1b[?");
});

test("whatever is drawn and said in whatever order, the screen holds all messages and then the last picture", () => {
  for (let seed = 0; seed < 300; seed++) {
    const random = seeded(seed);
    const screen = new Screen(30);
    const frame = createTerminalFrame(screen);
    const messages: string[] = [];
    let picture: string[] = [];
    for (let step = 0; step < 20; step++) {
      if (random.chance(0.3)) {
        messages.push(`message ${step}`);
        frame.above(`message ${step}`);
      } else {
        picture = Array.from({ length: random.below(6) }, (_, i) => `line ${i} of step ${step}`);
        frame.draw(picture);
      }
      expect(screen.text).toBe([...messages, ...picture].join("\n"));
    }
  }
});
