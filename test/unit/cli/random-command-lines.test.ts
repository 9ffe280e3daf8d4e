// Thousands of random command lines against a model that knows what it wrote: what is right comes back as it was meant,
// in whatever spelling and order, and a line with one mistake is refused for that mistake.
import { describe, expect, test } from "bun:test";
import { declareCommand } from "../../../src/cli/command.ts";
import { parseCommandLine } from "../../../src/cli/parse.ts";
import { type Seeded, seeded } from "../config/seeded.ts";

const declaration = declareCommand({
  name: "try",
  description: "",
  positionals: { first: { type: "text", required: true, description: "" } },
  flags: {
    num_samples: { type: "integer", placeholder: "N", description: "" },
    data_path: { type: "path", placeholder: "DIR", description: "" },
    force_run_blocks: { type: "list", placeholder: "BLOCKS", description: "" },
    run_local: { type: "boolean", description: "" },
    executor: { type: "choice", choices: ["a", "b"], placeholder: "NAME", description: "" },
  },
  examples: [],
});

interface Written {
  readonly words: readonly string[];
  readonly key: string;
  readonly value: unknown;
  /** Words behind it would belong to it. */
  readonly open: boolean;
}

const spelled = (random: Seeded, name: string): string =>
  `--${name.replace(/_/g, () => random.choice(["_", "-"]))}`;

/** Texts that a shell may hand over: none of them is a flag by itself. */
const texts = ["x", "a b", "$(x)", "é😀", "a=b", "'", '"', "\n", "-", "../x", "-5", "x--y", "__proto__"];

const writers: readonly ((random: Seeded) => Written)[] = [
  (random) => {
    const value = random.below(2000) - 1000;
    return {
      ...joined(random, "num_samples", String(value)),
      key: "numSamples",
      value: value === 0 ? 0 : value,
    };
  },
  (random) => {
    const value = random.choice(texts);
    return { ...joined(random, "data_path", value), key: "dataPath", value };
  },
  (random) => {
    const value = random.choice(["a", "b"]);
    return { ...joined(random, "executor", value), key: "executor", value };
  },
  (random) => {
    const value = random.choice([true, false]);
    const name = spelled(random, "run_local").slice(2);
    const yes = random.choice([`--${name}`, `--${name}=true`]);
    const no = random.choice([`--no_${name}`, `--no-${name}`, `--${name}=false`]);
    return { words: [value ? yes : no], key: "runLocal", value, open: false };
  },
  (random) => {
    const value = Array.from({ length: 1 + random.below(4) }, () => random.choice(["A", "B_0", "c-1", "-3"]));
    const flag = spelled(random, "force_run_blocks");
    const words = random.choice([
      [flag, ...value],
      [flag, value.join(",")],
      [`${flag}=${value.join(",")}`],
      value.map((one) => `${flag}=${one}`),
      value.flatMap((one) => [flag, one]),
    ]);
    return { words, key: "forceRunBlocks", value, open: !words.at(-1)?.startsWith("--") };
  },
];

function joined(random: Seeded, name: string, value: string): Omit<Written, "key" | "value"> {
  const flag = spelled(random, name);
  return { words: random.choice([[flag, value], [`${flag}=${value}`]]), open: false };
}

function shuffled<T>(random: Seeded, list: readonly T[]): T[] {
  const rest = [...list];
  return list.flatMap(() => rest.splice(random.below(rest.length), 1));
}

/** A command line, what it means, and where a further word can stand without belonging to a list. */
function line(random: Seeded): { argv: string[]; values: Record<string, unknown> } {
  const written = shuffled(random, writers)
    .slice(random.below(writers.length + 1))
    .map((write) => write(random));
  const first = random.choice(texts);
  const values: Record<string, unknown> = {
    ...{ first, numSamples: null, dataPath: null, forceRunBlocks: null, runLocal: null, executor: null },
    ...Object.fromEntries(written.map(({ key, value }) => [key, value])),
  };
  const spot = random.below(written.length + 2);
  const argv: string[] = [];
  let placed = false;
  for (const [i, one] of written.entries()) {
    if (!placed && i === spot && written[i - 1]?.open !== true) {
      argv.push(first);
      placed = true;
    }
    argv.push(...one.words);
  }
  if (!placed) argv.push("--", first);
  return { argv, values };
}

describe("random command lines", () => {
  test("that are right mean what was written", () => {
    for (let seed = 0; seed < 5000; seed++) {
      const { argv, values } = line(seeded(seed));
      const parsed = parseCommandLine(declaration, argv);
      if (!Bun.deepEquals(parsed, { kind: "values", values })) {
        throw new Error(`seed ${seed}: ${JSON.stringify(argv)} gave ${JSON.stringify(parsed)}`);
      }
    }
  });

  const mistakes: readonly (readonly [code: string, words: readonly string[]])[] = [
    ["unknown-flag", ["--num_smaples=3"]],
    ["unknown-flag", ["--zzz"]],
    ["unknown-flag", ["-x"]],
    ["missing-value", ["--data_path"]],
    ["bad-number", ["--num_samples=x"]],
    ["unknown-choice", ["--executor=c"]],
    ["surplus-value", ["--run_local=maybe"]],
    ["empty-value", ["--force_run_blocks=A,,B"]],
  ];
  test("with one mistake are refused for it, wherever it stands", () => {
    for (let seed = 0; seed < 5000; seed++) {
      const random = seeded(seed);
      const [code, words] = random.choice(mistakes);
      const name = (words[0] ?? "").replace(/=.*/, "");
      const { argv } = line(random);
      // The mistake takes the place of the same flag written rightly, or it would be a repetition.
      if (
        argv.some((word) =>
          word
            .replaceAll("-", "_")
            .replace(/^__(no_)?/, "--")
            .startsWith(name),
        )
      )
        continue;
      const parsed = parseCommandLine(declaration, [
        ...words,
        ...(code === "missing-value" ? ["--run_local=true"] : []),
        ...argv.filter((word) => !/run.local/.test(word)),
      ]);
      const codes = parsed.kind === "wrong" ? parsed.mistakes.map((one) => one.code) : [];
      // Behind an unknown flag a word may be its value, so the first positional may be missed as well.
      const expected = codes.filter((one) => one !== "missing-argument");
      if (!Bun.deepEquals(expected, [code])) {
        throw new Error(`seed ${seed}: ${JSON.stringify([...words, ...argv])} gave ${JSON.stringify(codes)}`);
      }
    }
  });

  test("of any words at all are parsed or refused, never crashed on", () => {
    const words = [
      ...texts,
      "--",
      "-h1",
      "--num_samples",
      "--data-path",
      "--force_run_blocks",
      "--run_local",
      "--no-run_local",
      "--executor",
      "--num_samples=",
      "--=",
      "---",
      "-",
      "",
      "--no_",
      "--run_local=",
      "-=x",
      "--executor=a=b",
    ];
    for (let seed = 0; seed < 5000; seed++) {
      const random = seeded(seed);
      const argv = Array.from({ length: random.below(8) }, () => random.choice(words));
      const parsed = parseCommandLine(declaration, argv);
      if (parsed.kind === "wrong") {
        expect(parsed.mistakes.length).toBeGreaterThan(0);
        for (const { message } of parsed.mistakes) expect(message).not.toContain("undefined");
      }
    }
  });
});
