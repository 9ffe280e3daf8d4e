// Lines out of pieces, and the last lines of what tasks print.
import { expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLines } from "../../../src/system/line-reader.ts";
import { linesForPeople, tailOf, takeOutput } from "../../../src/system/take-output.ts";
import { seeded } from "../../support/seeded.ts";

function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

test("however the bytes are cut, the lines are the same", async () => {
  const random = seeded(5);
  for (let round = 0; round < 500; round++) {
    const lines = Array.from({ length: random.below(6) }, () =>
      random.pick(["", "a", "é€😀", "x".repeat(30), "{}"]),
    );
    const rest = random.pick(["", "tail", "é"]);
    const bytes = new TextEncoder().encode(
      lines.map((line) => `${line}${random.pick(["\n", "\r\n"])}`).join("") + rest,
    );
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = 1 + random.below(8);
      pieces.push(bytes.slice(at, at + length));
      at += length;
    }
    const reader = readLines(streamOf(pieces), 1e6);
    for (const line of lines) expect(await reader.next()).toEqual({ kind: "line", text: line });
    expect(await reader.next()).toEqual({ kind: "end", rest });
  }
});

test("a line without an end is given up, not collected for ever", async () => {
  const reader = readLines(streamOf(Array.from({ length: 20 }, () => new Uint8Array(100).fill(120))), 1000);
  const next = await reader.next();
  expect(next.kind).toBe("too-long");
});

test("of progress bars only what is seen in the end is kept; long lines are cut", () => {
  expect(linesForPeople("10%\r50%\r100%\nnext\r\n\n\n")).toEqual(["100%", "next"]);
  expect(linesForPeople("x".repeat(2000))[0]?.length).toBe(501);
  expect(linesForPeople(Array.from({ length: 50 }, (_, i) => `${i}\n`).join("")).at(0)).toBe("30");
});

test("output becomes a log and the file is empty again, for those too who have it open", () => {
  const folder = mkdtempSync(join(tmpdir(), "pipe-output-"));
  const [output, log] = [join(folder, "out"), join(folder, "logs/B/1.log")];
  const fd = openSync(output, "a");
  expect(takeOutput(output, log)).toEqual({ kept: false, tail: [] });
  writeSync(fd, `${"y".repeat(40_000)}\nlast\n`);
  expect(takeOutput(output, log)).toEqual({ kept: true, tail: ["last"] });
  expect(statSync(log).size).toBe(40_006);
  expect(statSync(output).size).toBe(0);
  writeSync(fd, "again\n");
  expect(readFileSync(output, "utf8")).toBe("again\n");
  expect(takeOutput(output, "/proc/nowhere/log")).toEqual({ kept: false, tail: ["again"] });
  expect(tailOf(join(folder, "missing"))).toEqual([]);
  closeSync(fd);
  rmSync(folder, { recursive: true });
});
