// Samples as ranges and back, where we are the ones who wrote them: a hundred thousand numbers are no reading for anybody. What
// a person types after `--samples` is read in plan/selection.ts, which has words for every mistake.
import { type SampleId, sampleId } from "./ids.ts";

/** `0-99,120`; empty where there are none. `samples` ascend. */
export function rangesOf(samples: readonly SampleId[]): string {
  const parts: string[] = [];
  let first = samples[0];
  for (const [index, sample] of samples.entries()) {
    if (first === undefined || samples[index + 1] === sample + 1) continue;
    parts.push(first === sample ? `${first}` : `${first}-${sample}`);
    first = samples[index + 1];
  }
  return parts.join(",");
}

/** Ascending; null where `rangesOf` would not write this. */
export function samplesIn(ranges: string): readonly SampleId[] | null {
  const samples: SampleId[] = [];
  if (ranges === "") return samples;
  for (const part of ranges.split(",")) {
    const [, from, to] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(part) ?? [];
    const [first, last] = [Number(from), Number(to ?? from)];
    if (from === undefined || first > last || first <= (samples.at(-1) ?? -1)) return null;
    for (let sample = first; sample <= last; sample++) samples.push(sampleId(sample));
  }
  return samples;
}
