// Files that a user put into a dataset: no task made them, so none of them is ever deleted, whatever tasks do with them.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { Playground } from "../support/playground.ts";
import { asReport } from "../support/run-report.ts";
import { until } from "../support/until.ts";

const run = ["run", "--run_sequential", "--json"];
const command = (name: string, text: string) =>
  `[[block]]\nname = "${name}"\ncommand = ["sh", "-c", ${JSON.stringify(text)}]\n`;

function withInput(toml: string): Playground {
  const play = new Playground();
  play.write({ "pipe.toml": toml, "data/000000/input.dat": "1,5\n", "data/000000/notes.txt": "mine\n" });
  return play;
}

test("that an attempt has touched and then failed", async () => {
  await using play = withInput(command("Norm", "touch input.dat; echo half > half.txt; exit 1"));
  expect(asReport((await play.pipe(run)).stdout).tasks.failed).toBe(1);
  expect(play.read("data/000000/input.dat")).toBe("1,5\n");
  expect(existsSync(play.path("data/000000/half.txt"))).toBe(false);
});

test("that a task works on in place: it is not removed before the next time", async () => {
  const norm = (out: string) => command("Norm", `sed -i s/,/./ input.dat && cp input.dat ${out}`);
  await using play = withInput(norm("out.dat"));
  await play.pipe(run);
  play.write({ "pipe.toml": norm("out2.dat") });
  const again = asReport((await play.pipe(run)).stdout);
  expect(again.tasks).toMatchObject({ ran: 1, failed: 0 });
  expect(play.read("data/000000/input.dat")).toBe("1.5\n");
  expect(existsSync(play.path("data/000000/out.dat"))).toBe(false);
  // It is a part of what later blocks see all the same.
  play.write({ "pipe.toml": norm("out2.dat") + command("Next", "cp input.dat next.dat") });
  await play.pipe(run);
  play.write({ "data/000000/input.dat": "2,5\n" });
  expect(asReport((await play.pipe(run)).stdout).tasks.ran).toBe(2);
  expect(play.read("data/000000/next.dat")).toBe("2.5\n");
});

test("that a block which is gone had touched", async () => {
  const touch = command("Touch", "touch input.dat; echo made > made.txt");
  await using play = withInput(touch + command("Stay", "echo stay > stay.txt"));
  await play.pipe(run);
  play.write({ "pipe.toml": command("Stay", "echo stay > stay.txt") });
  const cleaned = await play.pipe(["clean", "--removed_blocks", "--yes"]);
  expect(cleaned.status).toBe(0);
  expect(existsSync(play.path("data/000000/made.txt"))).toBe(false);
  expect(play.read("data/000000/input.dat")).toBe("1,5\n");
});

test("elsewhere, where a sample's folder is a link by now", async () => {
  const [a, b] = [
    (text: string) => command("A", `echo ${text} > a.txt`),
    command("B", "mkdir -p sub; echo b > b.txt; echo c > sub/c.txt"),
  ];
  await using play = withInput(a("one") + b);
  await play.pipe(run);
  mkdirSync(play.path("elsewhere"));
  renameSync(play.path("data/000000"), play.path("elsewhere/sample"));
  symlinkSync("../elsewhere/sample", play.path("data/000000"));
  // While A runs again, what B left is to be out of its sight: not through the link.
  play.write({ "pipe.toml": a("two; ls > ../../seen.txt; echo two") + b });
  await play.pipe(run);
  expect(play.read("seen.txt")).toContain("b.txt");
  play.write({ "pipe.toml": a("two") });
  await play.pipe(["clean", "--removed_blocks", "--yes"]);
  expect(existsSync(play.path("elsewhere/sample/b.txt"))).toBe(true);
  expect(existsSync(play.path("elsewhere/sample/sub/c.txt"))).toBe(true);
});

test("that look like what a killed attempt of a task has left are that task's, once it writes them", async () => {
  const frames = (count: number, more = "") =>
    command("Frames", `for i in $(seq ${count}); do echo $i > f$i.txt; done; ${more}`);
  await using play = new Playground();
  play.write({ "pipe.toml": frames(5, "touch ../../begun; sleep 60") });
  const started = play.start(["run", "--run_local", "--num_samples", "1"]);
  await until(() => existsSync(play.path("begun")));
  started.signal("SIGKILL");
  await started.ended;
  play.write({ "pipe.toml": frames(5) });
  await play.pipe(["run", "--run_local"]);
  play.write({ "pipe.toml": frames(3) });
  await play.pipe(["run", "--run_local"]);
  expect(existsSync(play.path("data/000000/f3.txt"))).toBe(true);
  expect(existsSync(play.path("data/000000/f5.txt"))).toBe(false);
  rmSync(play.path("begun"));
});

test("that lie in a sample which was run before, of which nothing is remembered, are the tasks' own", async () => {
  const frames = (count: number) =>
    command("Frames", `for i in $(seq ${count}); do echo $i > f$i.txt; done`) +
    command("Count", "ls f*.txt | wc -l > count.txt");
  await using play = new Playground();
  play.write({ "pipe.toml": frames(5) });
  await play.pipe([...run, "--num_samples", "1"]);
  rmSync(play.path("data/runinfo/checkpoint.jsonl"));
  expect(asReport((await play.pipe(run)).stdout).tasks.ran).toBe(2);
  play.write({ "pipe.toml": frames(3) });
  await play.pipe(run);
  expect(play.read("data/000000/count.txt").trim()).toBe("3");
  expect(existsSync(play.path("data/000000/f5.txt"))).toBe(false);
});
