// Running a command with a time limit of our own: what hangs is ended, what is left behind is not waited for.
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  complaintOf,
  type SlurmCommands,
  slurmCommands,
} from "../../../../src/executors/slurm/client/command.ts";

class Place implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "pipe-commands-"));
  commands(script: string, mode = 0o755): SlurmCommands {
    writeFileSync(join(this.folder, "squeue"), script, { mode });
    return slurmCommands({ PATH: `${this.folder}:${process.env.PATH}`, SQUEUE_FORMAT: "%i" });
  }
  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

const run = (commands: SlurmCommands, seconds = 20, argv: readonly string[] = []) =>
  commands.run("squeue", argv, { seconds });

test("output, complaints and status come back; what would change the output does not go in", async () => {
  using place = new Place();
  const commands = place.commands(
    '#!/bin/sh\necho "[$*] ${SQUEUE_FORMAT-none} $LC_ALL"\necho squeue: error: oh >&2\nexit 3\n',
  );
  const result = await run(commands, 20, ["a b", "c"]);
  expect(result).toEqual({
    kind: "ended",
    status: 3,
    stdout: "[a b c] none C\n",
    stderr: "squeue: error: oh\n",
  });
  expect(complaintOf(result)).toBe("oh");
});

test("much output is whole", async () => {
  using place = new Place();
  const result = await run(place.commands("#!/bin/sh\nseq 1 200000\n"));
  expect(result.kind === "ended" && result.stdout.length).toBe(1_288_895);
});

test("what hangs is ended with everything that it started, and what it said so far is kept", async () => {
  using place = new Place();
  const file = join(place.folder, "alive");
  const script = `#!/bin/sh\necho begun\n(sleep 2; touch ${file}) &\ntrap '' TERM\nwhile :; do sleep 1; done\n`;
  const start = performance.now();
  const result = await run(place.commands(script), 0.5);
  expect(performance.now() - start).toBeLessThan(1800);
  expect(result).toEqual({ kind: "timed-out", seconds: 0.5, stdout: "begun\n", stderr: "" });
  expect(complaintOf(result)).toBe("no answer within 0.5 s");
  await Bun.sleep(2200);
  expect(await Bun.file(file).exists()).toBe(false);
});

test("something left behind that holds the output is not waited for", async () => {
  using place = new Place();
  const start = performance.now();
  const result = await run(place.commands("#!/bin/sh\necho done\nsleep 8 &\n"));
  expect(performance.now() - start).toBeLessThan(4000);
  expect(result).toMatchObject({ kind: "ended", status: 0, stdout: "done\n" });
});

test("a signal is no status", async () => {
  using place = new Place();
  const result = await run(place.commands("#!/bin/sh\nkill -9 $$\n"));
  expect(result).toMatchObject({ kind: "ended", status: null });
  expect(complaintOf(result)).toBe("ended by a signal");
});

test("what is not there, or is no program, is said", async () => {
  using place = new Place();
  const missing = await slurmCommands({ PATH: place.folder }).run("sacct", [], { seconds: 1 });
  expect(missing).toEqual({ kind: "not-there", message: "there is no `sacct` on this machine" });
  const broken = await run(place.commands("#!/no/such/interpreter\n"));
  expect(broken.kind).toBe("not-there");
});
