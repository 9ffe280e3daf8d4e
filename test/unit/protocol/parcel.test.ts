// Messages of any size through records of 64 kB.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { largestBody } from "../../../src/journal/frame.ts";
import { parcelled, unpacked } from "../../../src/protocol/parcel.ts";
import { seeded } from "../../support/seeded.ts";
import { scratch } from "../system/scratch.ts";

test("what fits goes as it is, what does not in a file of its own, and comes out the same", () => {
  using folder = scratch();
  const random = seeded(9);
  const sizes = [0, 1, largestBody / 3, largestBody - 40, largestBody, largestBody * 2, 3_000_000];
  for (const size of [...sizes, ...Array.from({ length: 200 }, () => random.below(largestBody * 2))]) {
    const letter = random.pick(["a", "ä", "語", "😀"]);
    const message = { kind: "warning", message: letter.repeat(Math.floor(size / letter.length)), hint: null };
    const text = parcelled(message, folder.path);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(largestBody);
    expect(text).not.toContain("\n");
    expect(unpacked(JSON.parse(text), folder.path)).toEqual({ kind: "message", value: message });
  }
});

test("a parcel that is not there yet, is there in part, or is another one, is waited for", () => {
  using folder = scratch();
  const message = { text: "x".repeat(largestBody + 1) };
  const body: unknown = JSON.parse(parcelled(message, folder.path));
  const [name = ""] = readdirSync(folder.path);
  const path = folder.at(name);
  const whole = readFileSync(path);
  const missing = { kind: "not-there", file: name } as const;
  for (const part of [0, 1, whole.length - 1]) {
    writeFileSync(path, whole.subarray(0, part));
    expect(unpacked(body, folder.path)).toEqual(missing);
  }
  writeFileSync(
    path,
    whole.map((byte, at) => (at === 100 ? byte ^ 1 : byte)),
  );
  expect(unpacked(body, folder.path)).toEqual(missing);
  rmSync(path);
  expect(unpacked(body, folder.path)).toEqual(missing);
  writeFileSync(path, whole);
  expect(unpacked(body, folder.path)).toEqual({ kind: "message", value: message });
});

test("no record makes it read a file elsewhere", () => {
  using folder = scratch();
  for (const file of ["../secret", "/etc/passwd", "parcel.0.json", "parcel.0123456789abcdef.json/../x"]) {
    const body = { kind: "parcel", file, size: 1, sha256: "" };
    expect(unpacked(body, folder.path)).toEqual({ kind: "message", value: body });
  }
});
