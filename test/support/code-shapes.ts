// Ways of writing a pipeline, with edits: which blocks have another code then.
import { describe, expect, test } from "bun:test";
import { changedBlocks, codeOf, type Sources } from "./small-pipeline.ts";

/** What is replaced by what in all files, and the blocks whose code is another one then. */
export type Edit = readonly [from: string, to: string, blocks: readonly string[]];

export interface Shape {
  readonly sources: Sources;
  readonly edits: readonly Edit[];
}

export type Shapes = Readonly<Record<string, Shape>>;

export const block = "extends PipelineBlock";

export const pipeline = (text: string, appended: string): string =>
  `import { Pipeline, PipelineBlock, type DataSample } from "pipe";\n${text}\nexport default new Pipeline()${appended};\n`;

/** Block A_0 uses what `text` makes, by way of `value`; B_0 uses nothing. */
export function usedBy(value: string, text: string, more: Sources = {}): Sources {
  const blocks = `class A ${block} { run(sample: DataSample) { sample.setConfig("v", String(${value})); } }
    class B ${block} { run(sample: DataSample) { sample.setConfig("w", 1); } }`;
  return { ...more, "pipeline.ts": pipeline(`${text}\n${blocks}`, ".append(new B()).append(new A())") };
}

/** As `usedBy`, with edits that A_0 must notice and edits that nobody may notice. */
export function shape(
  [value, text, more]: readonly [value: string, text: string, more?: Sources],
  noticed: readonly (readonly [string, string])[],
  unnoticed: readonly (readonly [string, string])[] = [],
): Shape {
  const edits: Edit[] = [
    ...noticed.map(([from, to]): Edit => [from, to, ["A_0"]]),
    ...unnoticed.map(([from, to]): Edit => [from, to, []]),
  ];
  return { sources: usedBy(value, text, more), edits };
}

export function edited(sources: Sources, from: string, to: string): Sources {
  const now = Object.entries(sources).map(([path, text]) => [path, text.replaceAll(from, () => to)]);
  const found: Sources = Object.fromEntries(now);
  expect(found).not.toEqual(sources);
  return found;
}

export function testShapes(shapes: Shapes): void {
  describe.each(Object.entries(shapes))("%s", (_, { sources, edits }) => {
    const original = codeOf(sources);

    test.each(edits)("%p → %p changes %p", async (from, to, blocks) => {
      const now = await codeOf(edited(sources, from, to));
      expect(changedBlocks(await original, now)).toEqual([...blocks]);
    });
  });
}
