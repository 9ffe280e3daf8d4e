// Ranges are read back as what they were written of, and nothing else is read.
import { expect, test } from "bun:test";
import { sampleId } from "../../../src/core/ids.ts";
import { rangesOf, samplesIn } from "../../../src/core/sample-ranges.ts";
import { seeded } from "../../support/seeded.ts";

test("what is written is read back, and as short as it can be", () => {
  for (let seed = 0; seed < 2000; seed++) {
    const random = seeded(seed);
    const samples = Array.from({ length: 30 }, (_, id) => sampleId(id)).filter(() => random.below(3) > 0);
    const text = rangesOf(samples);
    expect(samplesIn(text)).toEqual(samples);
    const gaps = samples.filter((sample, index) => index > 0 && samples[index - 1] !== sample - 1).length;
    expect(text === "" ? 0 : text.split(",").length).toBe(samples.length === 0 ? 0 : gaps + 1);
  }
});

for (const text of ["1,", ",", "-3", "3-1", "0-3,2", "5,5", "1 - 2", "x", "1-", "1e3", "1234567890123456"]) {
  test(`\`${text}\` is none of ours`, () => expect(samplesIn(text)).toBeNull());
}
