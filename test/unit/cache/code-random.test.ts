// Random helpers in random files, with names that clash: whoever reaches an edited one has other code, nobody else has.
import { expect, test } from "bun:test";
import { type Seeded, seeded } from "../../support/seeded.ts";
import { changedBlocks, codeOf, type Sources } from "../../support/small-pipeline.ts";

interface Helper {
  readonly file: number;
  readonly name: string;
  /** Indices of those that it calls; earlier and later ones. */
  readonly calls: readonly number[];
  readonly how: "function" | "arrow" | "table" | "class";
  readonly value: number;
}

interface World {
  readonly helpers: readonly Helper[];
  /** What each block calls. */
  readonly blocks: readonly (readonly number[])[];
}

const files = 3;
const words = ["mesh", "step", "Table", "run", "b0", "x2"];

function randomWorld(random: Seeded): World {
  const taken = new Set<string>();
  const helpers: Helper[] = [];
  const count = 6 + random.below(8);
  while (helpers.length < count) {
    const file = random.below(files);
    const name = random.pick(words);
    if (taken.has(`${file}${name}`)) continue;
    taken.add(`${file}${name}`);
    const how = random.pick(["function", "arrow", "table", "class"] as const);
    helpers.push({ file, name, how, calls: some(random, count), value: random.below(1000) });
  }
  return { helpers, blocks: Array.from({ length: 4 }, () => some(random, count)) };
}

const some = (random: Seeded, count: number): readonly number[] =>
  Array.from({ length: random.below(3) }, () => random.below(count));

/** `order` says in which order things are declared; `noise` puts unrelated ones beside them, which take their names away. */
function sourcesOf(
  { helpers, blocks }: World,
  order: (count: number) => readonly number[],
  noise = "",
): Sources {
  const local = (index: number) => `${helpers[index]?.name}_${index}`;
  const imports = (from: number | null) =>
    order(helpers.length)
      .map((index) => {
        const helper = helpers[index];
        if (helper === undefined || helper.file === from) return "";
        return `import { ${helper.name} as ${local(index)} } from "./f${helper.file}.ts";\n`;
      })
      .join("");
  const use = (calls: readonly number[], file: number | null) =>
    calls
      .map((index) => {
        const helper = helpers[index];
        const name = helper?.file === file ? helper?.name : local(index);
        return helper?.how === "table" ? `out.push(${name}.get("v"));` : `out.push(${name});`;
      })
      .join(" ");
  const declared = ({ name, calls, how, value, file }: Helper): string => {
    const body = `const out: unknown[] = [${value}]; ${use(calls, file)} return out;`;
    switch (how) {
      case "function":
        return `export function ${name}() { ${body} }`;
      case "arrow":
        return `export const ${name} = () => { ${body} };`;
      case "class":
        return `export class ${name} { static make() { ${body} } }`;
      case "table":
        return `export const ${name} = new Map<string, unknown>();\n${name}.set("v", () => { ${body} });`;
    }
  };
  const sources: Record<string, string> = {};
  for (let file = 0; file < files; file++) {
    const own = order(helpers.length).flatMap((index) => {
      const helper = helpers[index];
      return helper?.file === file ? [declared(helper)] : [];
    });
    const taken = new Set(helpers.filter((helper) => helper.file === file).map(({ name }) => name));
    const others = noise === "none" ? [] : words.filter((word) => !taken.has(word));
    const unrelated = others.map(
      (word) => `/* new */ const ${word} = ["${word}"]; console.assert(${word});\n`,
    );
    sources[`f${file}.ts`] = `${imports(file)}${unrelated.join("")}${own.join("\n")}\nexport {};\n`;
  }
  const classes = order(blocks.length).map(
    (at) =>
      `class B${at} extends PipelineBlock { run() { const out: unknown[] = []; ${use(blocks[at] ?? [], null)} console.log(out); } }`,
  );
  const appended = blocks.map((_, at) => `.append(new B${at}())`).join("");
  sources["pipeline.ts"] =
    `import { Pipeline, PipelineBlock } from "pipe";\n${imports(null)}\n${classes.join("\n")}\nexport default new Pipeline()${appended};`;
  return sources;
}

const inOrder = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

function shuffled(random: Seeded): (count: number) => readonly number[] {
  return (count) => {
    const keys = inOrder(count).map(() => random.next());
    return inOrder(count).toSorted((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
  };
}

function reaching({ helpers, blocks }: World, edited: number): string[] {
  return blocks.flatMap((calls, at) => {
    const seen = new Set<number>();
    const visit = (index: number): void => {
      if (seen.has(index)) return;
      seen.add(index);
      for (const next of helpers[index]?.calls ?? []) visit(next);
    };
    for (const index of calls) visit(index);
    return seen.has(edited) ? [`B${at}_0`] : [];
  });
}

test("an edit of a helper changes exactly the blocks that reach it; order and names of others change none", async () => {
  for (let seed = 1; seed <= 24; seed++) {
    const random = seeded(seed);
    const world = randomWorld(random);
    const original = await codeOf(sourcesOf(world, inOrder));
    for (const other of [shuffled(random), inOrder]) {
      const moved = await codeOf(sourcesOf(world, other, "names"));
      expect([seed, changedBlocks(original, moved)]).toEqual([seed, []]);
    }
    const at = random.below(world.helpers.length);
    const helpers = world.helpers.map((helper, index) =>
      index === at ? { ...helper, value: 1001 } : helper,
    );
    const edited = await codeOf(sourcesOf({ ...world, helpers }, inOrder));
    expect([seed, changedBlocks(original, edited)]).toEqual([seed, reaching(world, at)]);
  }
}, 60_000);

test("a call of another helper is another code", async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = seeded(1000 + seed);
    const world = randomWorld(random);
    const calls = world.blocks[0] ?? [];
    const other = random.below(world.helpers.length);
    if (calls[0] === undefined || calls[0] === other) continue;
    const blocks = world.blocks.map((block, at) => (at === 0 ? [other, ...block.slice(1)] : block));
    const [before, after] = [
      await codeOf(sourcesOf(world, inOrder)),
      await codeOf(sourcesOf({ ...world, blocks }, inOrder)),
    ];
    expect([seed, changedBlocks(before, after)]).toEqual([seed, ["B0_0"]]);
  }
}, 60_000);
