// Tries a row of the table: two starts with the change between them, a third with nothing to do, and the dataset that the changed
// pipeline makes from nothing, byte for byte. What `--dry_run` says before has to come true.
import { describe, expect, test } from "bun:test";
import { CacheRig, countOf, type Ran, type StartOptions, stateOf } from "./cache-rig.ts";
import { everything, nothing, type Row } from "./cache-row.ts";
import { groups } from "./cache-table.ts";

/** One test for each row of these groups. */
export function testRows(names: readonly string[]): void {
  for (const name of names) {
    describe(name, () => {
      for (const row of groups[name] ?? [])
        test(`${row.change} → ${row.again}`, () => expectRow(row), 60_000);
    });
  }
}

async function expectRow(row: Row): Promise<void> {
  await using rig = new CacheRig(row.files);
  const first = await rig.start(row.first);
  expect(first.ran, first.stderr).toEqual(row.firstRuns ?? everything);

  await row.act(rig);
  const options = row.second ?? row.first;
  const { tasks: total = 9, skipped = 0, issues = 0, failed = 0, status = 0 } = row;
  const accountOf = (runs: Row["runs"]) => {
    const ran = countOf(runs);
    return { total, ran, cached: total - ran - skipped, issues, failed, skipped };
  };
  await expectTold(rig, options, row.runs, failed + skipped === 0);
  const second = await rig.start(options);
  expect(second.ran, second.stderr).toEqual(row.runs);
  expect(second.report.tasks).toEqual(accountOf(row.runs));
  expect(second.status).toBe(status);
  for (const words of row.says ?? []) expect(second.stderr).toMatch(words);
  const after = rig.contents();

  const third = await rig.start(options);
  const thirdRuns = row.thirdRuns ?? nothing;
  expect(third.ran, third.stderr).toEqual(thirdRuns);
  expect(third.report.tasks).toEqual(accountOf(thirdRuns));
  expect(rig.contents()).toEqual(after);

  const expected = await rig.fromScratch(options);
  for (const [path, text] of Object.entries(row.kept ?? {})) {
    expect(Object.keys(after)).toContain(path);
    expected[path] = text === "(any)" ? (after[path] ?? "") : text;
  }
  expect(after).toEqual(expected);
}

/** `--dry_run` touches nothing, and says of each block how many tasks will run, and how many may. */
async function expectTold(
  rig: CacheRig,
  options: StartOptions | undefined,
  runs: Ran,
  allReached: boolean,
): Promise<void> {
  const before = stateOf(rig.play.folder);
  const told = await rig.start({ ...options, args: [...(options?.args ?? []), "--dry_run"] });
  expect(told.status, told.stderr).toBe(0);
  expect(told.ran).toEqual(nothing);
  expect(stateOf(rig.play.folder)).toEqual(before);
  const { blocks }: { blocks: { name: string; will_run: number; may_run: number }[] } = JSON.parse(
    told.stdout,
  );
  const types = new Set(blocks.map(({ name }) => typeOf(name)));
  for (const type of types) {
    const mine = blocks.filter(({ name }) => typeOf(name) === type);
    const will = mine.reduce((sum, block) => sum + block.will_run, 0);
    const may = mine.reduce((sum, block) => sum + block.may_run, 0);
    const did = runs[type]?.length ?? 0;
    const wrong = did > will + may || (allReached && did < will);
    expect(wrong ? `${type}: ${will} will run, ${may} may, ${did} did` : "").toBe("");
  }
}

const typeOf = (name: string): string => name.replace(/_\d+$/, "");
