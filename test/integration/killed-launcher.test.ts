// What a launcher that was killed leaves in the dataset, and what the next start makes of it.
import { expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { setTimes } from "../support/cache-rig.ts";
import { Playground, processesWith } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";
import { until } from "../support/until.ts";

const waiting = `import { Pipeline, PipelineBlock, type DataSample } from "pipe";
import { existsSync } from "node:fs";
class Wait extends PipelineBlock { async run(sample: DataSample) {
  sample.write("here.txt", "");
  while (!existsSync(sample.path + "/../../go")) await Bun.sleep(5);
} }
export default new Pipeline().append(new Wait());
`;

test("files that it had not given their names yet are gone after the next start, and no others", async () => {
  await using play = new Playground();
  play.write({ "pipeline.ts": waiting });
  const words = ["run", "--run_local", "--max_processes", "1", "--num_samples", "2"];
  const killed = play.start(words);
  await until(() => existsSync(play.path("data/000000/here.txt")));
  killed.signal("SIGKILL");
  await killed.ended;
  await until(() => processesWith(play.token).length === 0);
  const ours = [
    "data/.history.jsonl.0123456789abcdef.tmp",
    "data/000000/.sample.json.0123456789abcdef.tmp",
    "data/000001/frames/.surface_f0.txt.0123456789abcdef.tmp",
    "data/runinfo/.sample-records.json.0123456789abcdef.tmp",
    "data/runinfo/000/.run.json.0123456789abcdef.tmp",
  ];
  const others = [
    "data/000000/.notes.tmp",
    "data/000000/notes.0123456789abcdef.tmp",
    "data/runinfo/.probe.0123456789abcdef.tmp",
  ];
  play.write(Object.fromEntries([...ours, ...others].map((name) => [name, "half"])));
  play.write({ go: "" });
  const again = await play.pipe(words);
  expect(again.status, again.stderr).toBe(0);
  expect(ours.filter((name) => existsSync(play.path(name)))).toEqual([]);
  expect(others.filter((name) => !existsSync(play.path(name)))).toEqual([]);
});

test("what it had put out of a task's sight is back before anything is judged", async () => {
  await using play = new Playground();
  const pipeline = waiting.replace(
    "new Wait())",
    'new Wait())\n  .append(command("After", ["sh", "-c", "mkdir -p deep && echo after > deep/after.txt; echo >> $RAN"]))',
  );
  play.write({ "pipeline.ts": pipeline.replace("Pipeline, P", "command, Pipeline, P"), go: "" });
  const words = ["run", "--run_local", "--max_processes", "1", "--num_samples", "1", "--json"];
  const options = { env: { RAN: play.path("ran") } };
  await play.pipe(words, options);
  rmSync(play.path("go"));
  rmSync(play.path("data/000000/here.txt"));
  const killed = play.start(words, options);
  await until(() => existsSync(play.path("data/000000/here.txt")));
  expect(existsSync(play.path("data/000000/deep"))).toBe(false);
  killed.signal("SIGKILL");
  await killed.ended;
  await until(() => processesWith(play.token).length === 0);
  play.write({ go: "" });
  const again = await play.pipe(words, options);
  expect(again.status, again.stderr).toBe(0);
  expect(asReport(again.stdout).tasks).toMatchObject({ total: 2, ran: 1, cached: 1 });
  expect(play.read("data/000000/deep/after.txt")).toBe("after\n");
  expect(play.read("ran")).toBe("\n");
  expect(existsSync(play.path("data/runinfo/aside"))).toBe(false);
});

test("a sample.json that it did not come to write says what is remembered after the next start", async () => {
  await using play = new Playground();
  const pipeline = waiting.replace(
    'sample.write("here.txt", "");',
    'sample.write("here.txt", "");\n  sample.addStatistic("a", 1);',
  );
  play.write({ "pipeline.ts": pipeline, go: "" });
  const words = ["run", "--run_local", "--max_processes", "1", "--num_samples", "2"];
  await play.pipe(words);
  const old = play.read("data/000001/sample.json");
  play.write({ "pipeline.ts": pipeline.replace('"a", 1', '"a", 2') });
  await play.pipe(words);
  rmSync(play.path("go"));
  rmSync(play.path("data/000000/here.txt"));
  const killed = play.start(words);
  await until(() => existsSync(play.path("data/000000/here.txt")));
  killed.signal("SIGKILL");
  await killed.ended;
  await until(() => processesWith(play.token).length === 0);
  // As if the kill had come between the last result of sample 1 and its record.
  play.write({ "data/000001/sample.json": old, go: "" });
  setTimes(play.path("data/000001/sample.json"), new Date(1_700_000_000_000));
  const again = await play.pipe([...words.slice(0, 4), "--samples", "0"]);
  expect(again.status, again.stderr).toBe(0);
  expect(play.read("data/000001/sample.json")).toBe(old.replace('"a": 1', '"a": 2'));
  expect(play.read("data/statistics.csv")).not.toContain("1,1\n");
});
