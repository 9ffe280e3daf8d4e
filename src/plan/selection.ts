// What a run is over: which samples, and up to which block. Everything that makes no sense is refused here,
// before a folder is made; otherwise a typing error would show as an empty run that reports success.

import type { BlockSpec } from "../core/block.ts";
import { type Diagnostic, diagnostic, refuse } from "../core/diagnostic.ts";
import { type BlockName, type SampleId, sampleFolderName, sampleId } from "../core/ids.ts";
import { nearest } from "../core/nearest.ts";

/** Both ends included. */
export interface SampleRange {
  readonly first: SampleId;
  readonly last: SampleId;
}

export interface SampleRequest {
  /** `--samples`; null: not given. */
  readonly ranges: readonly SampleRange[] | null;
  /** `--start_sample` and `--num_samples`; null: not given. */
  readonly start: number | null;
  readonly count: number | null;
  /** The samples that the dataset has. */
  readonly existing: readonly SampleId[];
}

export interface SampleSelection {
  /** Ascending. */
  readonly samples: readonly SampleId[];
  /** Those of them that the dataset does not have yet. */
  readonly create: readonly SampleId[];
}

/** One run holds at most this many samples: more is a typing error, or a job to be split with `--start_sample`. */
export const mostSamples = 50_000_000;

/** `0-99,120` → ranges, ascending and merged. Throws a Refusal that lists every part that is wrong. */
export function parseSampleRanges(text: string): readonly SampleRange[] {
  const mistakes: Diagnostic[] = [];
  const ranges: SampleRange[] = [];
  for (const raw of text.split(",")) {
    const part = raw.trim();
    const range = parseRange(part);
    if (range === null) {
      mistakes.push(
        diagnostic("bad-sample-range", `\`--samples\` has \`${part}\`, which is no sample and no range`, {
          hint: "write numbers and ranges with commas between: `--samples 0-99,120`",
        }),
      );
    } else if (range.first > range.last) {
      mistakes.push(
        diagnostic("backward-sample-range", `\`--samples\` has \`${part}\`, which runs backwards`, {
          hint: `did you mean \`${range.last}-${range.first}\`?`,
        }),
      );
    } else ranges.push(range);
  }
  if (mistakes.length > 0) throw refuse(...mistakes);
  return merged(ranges);
}

/** The samples of a run. Throws a Refusal that names the samples it was asked for and cannot have. */
export function selectSamples(request: SampleRequest): SampleSelection {
  const { ranges, start, count, existing } = request;
  const mistakes = mistakesInCount(start, count);
  if (mistakes.length > 0) throw refuse(...mistakes);

  const has = new Set(existing);
  const universe = count === null ? [...has].sort((a, b) => a - b) : span(start ?? 0, count);
  if (universe.length === 0) {
    throw refuse(
      diagnostic("no-samples", "the dataset has no samples", {
        hint: "make some: `--num_samples 10`",
      }),
    );
  }
  const samples = ranges === null ? universe : chosen(universe, ranges, count !== null);
  return { samples, create: samples.filter((sample) => !has.has(sample)) };
}

/** `--until BLOCK`: the blocks of the list up to and with that one. */
export function blocksUntil(specs: readonly BlockSpec[], until: string | null): readonly BlockSpec[] {
  if (until === null) return specs;
  const [name] = knownBlocks(specs, "--until", [until]);
  return specs.slice(0, specs.findIndex((spec) => spec.name === name) + 1);
}

/** Block names given to a flag, each once, in the order of the pipeline. Throws a Refusal that names the nearest known. */
export function knownBlocks(
  specs: readonly BlockSpec[],
  flag: string,
  names: readonly string[],
): readonly BlockName[] {
  const known = specs.map((spec) => spec.name);
  const mistakes = names
    .filter((name) => !known.some((other) => other === name))
    .map((name) => {
      const near = nearest(name, known) ?? known.find((_, i) => specs[i]?.type === name) ?? null;
      return diagnostic(
        "unknown-block",
        `\`${flag}\` names \`${name}\`, and there is no such block`,
        near === null
          ? { notes: [`known blocks: ${known.join(", ")}`] }
          : { hint: `did you mean \`${near}\`?` },
      );
    });
  if (mistakes.length > 0) throw refuse(...mistakes);
  return known.filter((name) => names.some((other) => other === name));
}

function parseRange(part: string): SampleRange | null {
  const match = /^(\d{1,15})(?:\s*-\s*(\d{1,15}))?$/.exec(part);
  if (match === null) return null;
  return { first: sampleId(Number(match[1])), last: sampleId(Number(match[2] ?? match[1])) };
}

function merged(ranges: readonly SampleRange[]): readonly SampleRange[] {
  const result: SampleRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const last = result.at(-1);
    if (last !== undefined && range.first <= last.last + 1) {
      result[result.length - 1] = { first: last.first, last: sampleId(Math.max(last.last, range.last)) };
    } else result.push(range);
  }
  return result;
}

function mistakesInCount(start: number | null, count: number | null): Diagnostic[] {
  const mistakes: Diagnostic[] = [];
  if (count !== null && !(Number.isSafeInteger(count) && count >= 1 && count <= mostSamples)) {
    mistakes.push(
      diagnostic("bad-sample-count", `\`--num_samples\` is ${count}: it must be from 1 to ${mostSamples}`),
    );
  }
  if (start !== null && !(Number.isSafeInteger(start) && start >= 0 && start < 1e15 - mostSamples)) {
    mistakes.push(diagnostic("bad-start-sample", `\`--start_sample\` is ${start}: it must be 0 or more`));
  }
  if (start !== null && count === null) {
    mistakes.push(
      diagnostic("start-without-count", "`--start_sample` says where new samples begin, not how many", {
        hint: `add \`--num_samples N\`, or choose among existing samples with \`--samples ${start}-…\``,
      }),
    );
  }
  return mistakes;
}

function span(start: number, count: number): SampleId[] {
  return Array.from({ length: count }, (_, i) => sampleId(start + i));
}

/** Walks both ascending lists once; a range of a billion costs no more than the samples there are. */
function chosen(
  universe: readonly SampleId[],
  ranges: readonly SampleRange[],
  counted: boolean,
): readonly SampleId[] {
  const samples: SampleId[] = [];
  const missing: SampleRange[] = [];
  let at = 0;
  for (const { first, last } of ranges) {
    let expected: number = first;
    while ((universe[at] ?? Number.POSITIVE_INFINITY) < first) at++;
    for (let sample = universe[at]; sample !== undefined && sample <= last; sample = universe[++at]) {
      if (sample > expected) missing.push({ first: sampleId(expected), last: sampleId(sample - 1) });
      samples.push(sample);
      expected = sample + 1;
    }
    if (expected <= last) missing.push({ first: sampleId(expected), last });
  }
  if (missing.length > 0) throw refuse(missingSamples(missing, universe, counted));
  return samples;
}

function missingSamples(
  missing: readonly SampleRange[],
  universe: readonly SampleId[],
  counted: boolean,
): Diagnostic {
  const shown = missing
    .slice(0, 8)
    .map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`));
  const more = missing.length > shown.length ? `, and ${missing.length - shown.length} more gaps` : "";
  const wanted = missing[0]?.first ?? 0;
  const near = universe.reduce((best, s) => (Math.abs(s - wanted) < Math.abs(best - wanted) ? s : best));
  return diagnostic(
    "missing-samples",
    counted
      ? `\`--samples\` names samples outside \`--num_samples\`: ${shown.join(",")}${more}`
      : `the dataset does not have these samples: ${shown.join(",")}${more}`,
    {
      notes: [`the nearest sample it has is ${sampleFolderName(near)}`],
      hint: counted
        ? "raise `--num_samples`, or leave it out to run over the samples that the dataset has"
        : "new samples are made with `--start_sample S --num_samples N`",
    },
  );
}
