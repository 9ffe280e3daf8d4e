import { describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { seconds } from "../../../src/core/ids.ts";
import { JournalReader, type JournalRecord } from "../../../src/journal/reader.ts";
import { scratch } from "../system/scratch.ts";
import { epoch, headerLine, journalOf, reads, recordLine } from "./seeded.ts";

const text = (value: string) => new TextEncoder().encode(value);
const minute = seconds(60);

function reader(path: string, patience = seconds(0)) {
  const journal = new JournalReader(path, { reads, patience });
  return {
    journal,
    poll(now = 0) {
      const records: JournalRecord[] = [];
      const poll = journal.poll(seconds(now), (record) => records.push(record));
      return { poll, numbers: records.map((record) => record.seq), records };
    },
  };
}

describe("a healthy journal", () => {
  test("is read whole, then what was appended, then nothing", () => {
    using folder = scratch();
    const { bytes, bodies } = journalOf(20);
    writeFileSync(folder.at("j"), bytes);
    const { journal, poll } = reader(folder.at("j"));
    const first = poll();
    expect(first.poll).toEqual({ kind: "read", records: 20, doubtful: false });
    expect(first.records.map((record) => record.body)).toEqual(bodies);
    expect(journal.header).toMatchObject({
      format: "pipe-test",
      version: 1,
      writer: epoch,
      facts: { run: "003" },
    });
    expect(poll().numbers).toEqual([]);
    appendFileSync(folder.at("j"), recordLine(21, "more"));
    expect(poll().numbers).toEqual([21]);
    expect(journal.findings).toEqual({ duplicates: 0, badLines: 0, badBytes: 0, foreign: 0, missing: [] });
  });

  test("is read the same in pieces of any size", () => {
    using folder = scratch();
    const { bytes } = journalOf(30);
    writeFileSync(folder.at("j"), bytes);
    for (const piece of [1, 2, 7, 64, 100, 4096]) {
      const journal = new JournalReader(folder.at("j"), { reads, patience: seconds(0), piece });
      const numbers: number[] = [];
      journal.poll(seconds(0), (record) => numbers.push(record.seq));
      expect(numbers).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
      expect(journal.offset).toBe(bytes.length);
    }
  });

  test("that is not there yet, is empty, or whose header is half written, is waited for", () => {
    using folder = scratch();
    const { bytes, starts } = journalOf(1);
    const { journal, poll } = reader(folder.at("j"));
    expect(poll().poll).toEqual({ kind: "missing" });
    writeFileSync(folder.at("j"), "");
    expect(poll().poll).toEqual({ kind: "read", records: 0, doubtful: false });
    writeFileSync(folder.at("j"), bytes.subarray(0, 40));
    expect(poll().poll).toEqual({ kind: "read", records: 0, doubtful: false });
    expect(journal.header).toBeNull();
    writeFileSync(folder.at("j"), bytes.subarray(0, starts[1]));
    expect(poll().poll.kind).toBe("read");
    expect(journal.header).not.toBeNull();
  });
});

describe("a journal cut anywhere", () => {
  test("gives the records that are whole, and the others when the rest has come", () => {
    using folder = scratch();
    const { bytes, starts } = journalOf(6);
    for (let cut = 0; cut <= bytes.length; cut++) {
      writeFileSync(folder.at("j"), bytes.subarray(0, cut));
      const { poll, journal } = reader(folder.at("j"));
      const whole = starts.filter((_, line) => (starts[line + 1] ?? bytes.length) <= cut).length;
      const before = poll().numbers;
      expect(before).toEqual([1, 2, 3, 4, 5, 6].slice(0, Math.max(0, whole - 1)));
      appendFileSync(folder.at("j"), bytes.subarray(cut));
      expect([...before, ...poll().numbers]).toEqual([1, 2, 3, 4, 5, 6]);
      expect(journal.findings.badLines).toBe(0);
    }
  });
});

describe("a journal with one bit flipped", () => {
  test("never gives a wrong record, and loses none but those that were hit", () => {
    using folder = scratch();
    const { bytes, starts, bodies } = journalOf(4);
    const broken = Buffer.from(bytes);
    const [, , second = 0, third = 0] = starts;
    for (let bit = second * 8; bit < third * 8; bit++) {
      const at = bit >> 3;
      const mask = 1 << (bit & 7);
      broken[at] = (broken[at] ?? 0) ^ mask;
      writeFileSync(folder.at("j"), broken);
      const { poll, journal } = reader(folder.at("j"));
      const { records } = poll();
      // Without its newline the record takes the next one with it.
      const lost = at === third - 1 ? [2, 3] : [2];
      expect(records).toEqual(
        [1, 2, 3, 4]
          .filter((seq) => !lost.includes(seq))
          .map((seq) => ({ seq, body: bodies[seq - 1] ?? null })),
      );
      expect(journal.findings.missing).toEqual([{ from: 2, to: lost.length + 1 }]);
      expect(journal.findings.badLines).toBeGreaterThan(0);
      broken[at] = (broken[at] ?? 0) ^ mask;
    }
  });

  test("in the header is not read at all, or waits for one", () => {
    using folder = scratch();
    const { bytes, starts } = journalOf(2);
    const broken = Buffer.from(bytes);
    for (let bit = 0; bit < (starts[1] ?? 0) * 8; bit++) {
      broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(folder.at("j"), broken);
      const { numbers, poll } = reader(folder.at("j")).poll();
      expect(numbers).toEqual([]);
      expect(poll.kind).toBe("foreign");
      broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    }
  });
});

describe("damage", () => {
  test("at the end is not there yet: the place is read again", () => {
    using folder = scratch();
    const { bytes } = journalOf(3);
    writeFileSync(folder.at("j"), Buffer.concat([bytes, Buffer.alloc(5000), text("\n")]));
    const { poll, journal } = reader(folder.at("j"));
    expect(poll().numbers).toEqual([1, 2, 3]);
    expect(journal.offset).toBe(bytes.length);
    writeFileSync(folder.at("j"), Buffer.concat([bytes, recordLine(4, null)]));
    expect(poll().numbers).toEqual([4]);
    expect(journal.findings.badLines).toBe(0);
  });

  test("before a good record is looked at again for as long as patience lasts, then skipped and counted", () => {
    using folder = scratch();
    const { bytes } = journalOf(3);
    const zeros = Buffer.concat([Buffer.alloc(4096), text("\n")]);
    writeFileSync(folder.at("j"), Buffer.concat([bytes, zeros, recordLine(6, "six")]));
    const { poll, journal } = reader(folder.at("j"), minute);
    expect(poll(1000).poll).toEqual({ kind: "read", records: 3, doubtful: true });
    expect(poll(1059).numbers).toEqual([]);
    expect(journal.offset).toBe(bytes.length);
    const after = poll(1060);
    expect(after.numbers).toEqual([6]);
    expect(after.poll).toEqual({ kind: "read", records: 1, doubtful: false });
    expect(journal.findings).toMatchObject({ badLines: 1, badBytes: 4097, missing: [{ from: 4, to: 5 }] });
  });

  test("that mends itself within the patience is never counted", () => {
    using folder = scratch();
    const { bytes, starts } = journalOf(5);
    const stale = Buffer.from(bytes).fill(0, starts[2], starts[4]);
    writeFileSync(folder.at("j"), stale);
    const { poll, journal } = reader(folder.at("j"), minute);
    expect(poll(0).numbers).toEqual([1]);
    writeFileSync(folder.at("j"), bytes);
    expect(poll(2).numbers).toEqual([2, 3, 4, 5]);
    expect(journal.findings.missing).toEqual([]);
    // New damage gets patience of its own.
    appendFileSync(folder.at("j"), Buffer.concat([text("torn\n"), recordLine(6, 6)]));
    expect(poll(61).numbers).toEqual([]);
    expect(poll(120).numbers).toEqual([]);
    expect(poll(121).numbers).toEqual([6]);
  });

  test("by zeros of any length costs no memory and loses nothing behind it", () => {
    using folder = scratch();
    const { bytes } = journalOf(1);
    writeFileSync(
      folder.at("j"),
      Buffer.concat([bytes, Buffer.alloc(3_000_000), text("\n"), recordLine(2, 2)]),
    );
    const { poll, journal } = reader(folder.at("j"));
    expect(poll().numbers).toEqual([1, 2]);
    expect(journal.findings).toMatchObject({ badLines: 1, badBytes: 3_000_001 });
  });
});

describe("records that come again", () => {
  test("are dropped, as when a writer repeats what was not acknowledged", () => {
    using folder = scratch();
    const { bytes } = journalOf(3);
    const again = [
      text('12345678 4 4 torn"\n'),
      recordLine(2, "again"),
      recordLine(3, "again"),
      recordLine(4, "new"),
    ];
    writeFileSync(folder.at("j"), Buffer.concat([bytes, ...again]));
    const { poll, journal } = reader(folder.at("j"));
    expect(poll().records.map((record) => record.seq)).toEqual([1, 2, 3, 4]);
    expect(journal.findings).toMatchObject({ duplicates: 2, badLines: 1, missing: [] });
  });

  test("after their successors are put before them, once, and are not missing any more", () => {
    using folder = scratch();
    const lines = [1, 2, 6, 4, 3, 4, 5, 7, 9].map((seq) => recordLine(seq, seq));
    writeFileSync(folder.at("j"), Buffer.concat([headerLine(), ...lines]));
    const { poll, journal } = reader(folder.at("j"));
    expect(poll().numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 9]);
    expect(journal.findings).toMatchObject({ duplicates: 1, missing: [{ from: 8, to: 8 }] });
    expect(journal.highest).toBe(9);
    // Only what comes in a later poll comes late.
    appendFileSync(folder.at("j"), Buffer.concat([11, 8, 10, 12].map((seq) => recordLine(seq, seq))));
    expect(poll().numbers).toEqual([8, 10, 11, 12]);
    expect(journal.findings.missing).toEqual([]);
  });

  test("are not lost when whoever takes them throws", () => {
    using folder = scratch();
    const lines = [1, 3, 4, 2, 5].map((seq) => recordLine(seq, seq));
    writeFileSync(folder.at("j"), Buffer.concat([headerLine(), ...lines]));
    const journal = new JournalReader(folder.at("j"), { reads, patience: seconds(0) });
    const taken: number[] = [];
    for (let attempt = 0; attempt < 10; attempt++) {
      try {
        journal.poll(seconds(0), (record) => {
          taken.push(record.seq);
          throw new Error("not now");
        });
      } catch {
        // The next poll goes on behind this record.
      }
    }
    expect(taken).toEqual([1, 2, 3, 4, 5]);
  });

  test("after very many successors do not keep those back for ever", () => {
    using folder = scratch();
    const numbers = [...Array.from({ length: 70_000 }, (_, i) => i + 2), 1];
    writeFileSync(folder.at("j"), Buffer.concat([headerLine(), ...numbers.map((seq) => recordLine(seq, 0))]));
    const { numbers: seen } = reader(folder.at("j")).poll();
    expect(seen).toEqual(numbers);
  });

  test("from a second writer in the same file are dropped and counted, also where they tear the first one's", () => {
    using folder = scratch();
    const other = "00000000000000bb";
    const torn = recordLine(3, "three");
    const lines = [
      headerLine(),
      recordLine(1, "ours"),
      headerLine({ writer: other }, other),
      recordLine(1, "theirs", other),
      recordLine(2, "ours"),
      torn.subarray(0, 20),
      recordLine(2, "theirs", other),
      recordLine(4, "ours"),
    ];
    writeFileSync(folder.at("j"), Buffer.concat(lines));
    const { poll, journal } = reader(folder.at("j"));
    expect(poll().records.map(({ seq, body }) => `${seq} ${body}`)).toEqual(["1 ours", "2 ours", "4 ours"]);
    expect(journal.findings).toMatchObject({ foreign: 2, badLines: 1, missing: [{ from: 3, to: 3 }] });
  });
});

describe("a file that is not the one it was", () => {
  test("because it is shorter is given up, but not before patience has passed", () => {
    using folder = scratch();
    const { bytes } = journalOf(4);
    writeFileSync(folder.at("j"), bytes);
    const { poll } = reader(folder.at("j"), minute);
    poll(0);
    writeFileSync(folder.at("j"), bytes.subarray(0, bytes.length - 1));
    expect(poll(10).poll.kind).toBe("read");
    expect(poll(70).poll).toEqual({ kind: "replaced", how: "shorter" });
    writeFileSync(folder.at("j"), bytes);
    expect(poll(71).poll).toEqual({ kind: "replaced", how: "shorter" });
  });

  test("because another writer's was put in its place is given up; a copy of the same is not", () => {
    using folder = scratch();
    const { bytes } = journalOf(4);
    writeFileSync(folder.at("j"), bytes);
    const { poll } = reader(folder.at("j"));
    poll();
    writeFileSync(folder.at("copy"), Buffer.concat([bytes, recordLine(5, 5)]));
    renameSync(folder.at("copy"), folder.at("j"));
    expect(poll().numbers).toEqual([5]);
    const other = "00000000000000bb";
    writeFileSync(
      folder.at("other"),
      Buffer.concat([headerLine({ writer: other }, other), Buffer.alloc(5000)]),
    );
    renameSync(folder.at("other"), folder.at("j"));
    expect(poll().poll).toEqual({ kind: "replaced", how: "other-writer" });
  });

  test("because it is gone is missing, and goes on when it is back", () => {
    using folder = scratch();
    const { bytes } = journalOf(2);
    writeFileSync(folder.at("j"), bytes);
    const { poll } = reader(folder.at("j"));
    poll();
    rmSync(folder.at("j"));
    expect(poll().poll.kind).toBe("missing");
    writeFileSync(folder.at("j"), Buffer.concat([bytes, recordLine(3, 3)]));
    expect(poll().numbers).toEqual([3]);
  });
});

describe("a journal of another version", () => {
  const pollOf = (header: Uint8Array, older: readonly number[] = []) => {
    using folder = scratch();
    writeFileSync(folder.at("j"), Buffer.concat([header, recordLine(1, 1)]));
    const journal = new JournalReader(folder.at("j"), {
      reads: { ...reads, version: 3, older },
      patience: minute,
    });
    let count = 0;
    const poll = journal.poll(seconds(0), () => count++);
    return { poll, again: journal.poll(seconds(1), () => count++), count };
  };

  test("that is newer is refused with both numbers and the program that wrote it, and stays refused", () => {
    const { poll, again, count } = pollOf(headerLine({ version: 4, tool: "9.9.9" }));
    expect(poll).toEqual({ kind: "newer", version: 4, known: 3, tool: "9.9.9" });
    expect(again).toBe(poll);
    expect(count).toBe(0);
  });

  test("whose lines have a newer shape is refused, too", () => {
    expect(pollOf(headerLine({ version: 3, frame: 2 })).poll.kind).toBe("newer");
  });

  test("that is older is read by who says that they can", () => {
    expect(pollOf(headerLine({ version: 2 }), [1, 2]).count).toBe(1);
    expect(pollOf(headerLine({ version: 2 })).poll).toEqual({
      kind: "older",
      version: 2,
      known: 3,
      tool: "0.0.0",
    });
  });

  test("or of another kind, or none at all, is foreign", () => {
    expect(pollOf(headerLine({ format: "pipe-other" })).poll).toEqual({
      kind: "foreign",
      format: "pipe-other",
    });
    expect(pollOf(headerLine({ version: "3" })).poll.kind).toBe("foreign");
    expect(pollOf(headerLine({ version: 3, writer: "somebody" })).poll.kind).toBe("foreign");
    expect(pollOf(recordLine(7, {})).poll).toEqual({ kind: "foreign", format: null });
  });
});

test("a folder in the place of the journal is an error, not a journal without records", () => {
  using folder = scratch();
  mkdirSync(folder.at("j"));
  expect(() => reader(folder.at("j")).poll()).toThrow("EISDIR");
});
