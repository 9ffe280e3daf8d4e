// The script of a job, run by a real bash: what its lines change is seen by the worker, and what fails is told by its line.
import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { initPieces } from "../../../../src/executors/slurm/jobs/init-lines.ts";
import { parseInitRecord } from "../../../../src/executors/slurm/jobs/init-record.ts";
import { type JobScript, jobScript } from "../../../../src/executors/slurm/jobs/job-script.ts";

class Job implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "pipe job's $HOME-"));
  readonly worker = join(this.folder, "pipe-0123456789abcdef");
  readonly record = join(this.folder, "p1.init");
  constructor() {
    writeFileSync(
      this.worker,
      '#!/bin/sh\necho "worker $0 [$*] FOO=$FOO EXPORT=${SLURM_EXPORT_ENV-unset} pid=$$"\n',
    );
    chmodSync(this.worker, 0o755);
    writeFileSync(this.record, "");
  }
  run(init: readonly string[], more: Partial<JobScript> = {}) {
    const text = jobScript({
      ...{ about: ["a pilot"], options: ["--time=60"], init, initRecord: this.record },
      ...{ worker: [this.worker, "worker", "--run_dir", this.folder], ...more },
    });
    const path = join(this.folder, "job.sh");
    writeFileSync(path, text);
    const env = { PATH: process.env.PATH ?? "", SLURM_JOB_ID: "7", SLURM_EXPORT_ENV: "NONE" };
    const ended = Bun.spawnSync(["/bin/bash", path], { env, cwd: this.folder });
    return {
      text,
      status: ended.exitCode,
      stdout: ended.stdout.toString(),
      stderr: ended.stderr.toString(),
      state: parseInitRecord(readFileSync(this.record, "utf8")),
    };
  }
  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

describe("a job's script", () => {
  test("becomes the worker, with the words as they are", () => {
    using job = new Job();
    const { status, stdout, stderr, state } = job.run([]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(`worker ${job.worker} [worker --run_dir ${job.folder}]`);
    expect(stdout).toContain("EXPORT=unset");
    expect(state).toMatchObject({ kind: "ready", job: "7" });
  });

  test("runs the lines of worker_init in one shell, and the worker inherits what they change", () => {
    using job = new Job();
    writeFileSync(join(job.folder, "env.sh"), "false\ngrep -q nothing /dev/null\nexport FOO=$BAR-sourced\n");
    const { stdout, state } = job.run([
      "BAR=1",
      "# a comment",
      "declare -x BAZ=2",
      "source ./env.sh",
      "test $BAZ = 2",
    ]);
    expect(stdout).toContain("FOO=1-sourced");
    expect(state.kind).toBe("ready");
  });

  test("stops at the line that fails, and says which", () => {
    using job = new Job();
    const { status, stdout, stderr, state } = job.run([
      "echo one",
      "module load nothing-like-it\necho three",
      "echo four",
    ]);
    expect(status).toBe(127);
    expect(stdout).toBe("one\n");
    expect(stderr).toContain("line 2 of worker_init ended with status 127");
    expect(state).toMatchObject({ kind: "failed", line: 2, status: 127, job: "7" });
  });

  test("an `exit` in a line is a failure too, with whatever status", () => {
    using job = new Job();
    expect(job.run(["exit 0"])).toMatchObject({ stdout: "", state: { kind: "failed", line: 1, status: 0 } });
    expect(job.run(["true", "set -e", "false", "true"]).state).toMatchObject({ line: 3, status: 1 });
    expect(job.run(["true", "if oops"]).state).toMatchObject({ kind: "failed", line: 2 });
  });

  test("a loop over several lines is one piece", () => {
    using job = new Job();
    const { stdout, state } = job.run([
      "for i in 1 2; do\n  export FOO=$FOO$i\ndone",
      "cat <<END\n  $FOO\nEND",
    ]);
    expect(stdout).toContain("  12\nworker");
    expect(state.kind).toBe("ready");
  });

  test("a worker that is not there is line 0", () => {
    using job = new Job();
    rmSync(job.worker);
    const { status, state } = job.run(["true"]);
    expect(status).toBe(127);
    expect(state).toMatchObject({ kind: "failed", line: 0, status: 127 });
  });

  test("runs without a record, through another program, with variables", () => {
    using job = new Job();
    const { stdout } = job.run([], {
      initRecord: null,
      through: ["env", "FOO=a b"],
      environment: { FOO: "it's $x" },
    });
    expect(stdout).toContain("FOO=a b");
    expect(job.run([], { environment: { FOO: "it's $x" } }).stdout).toContain("FOO=it's $x");
  });

  test("says at its top what it asks for, in Slurm's own quotes", () => {
    using job = new Job();
    const { text } = job.run([], {
      options: ["--time=60", "--constraint=a&b|c", '--output=/x y/"z".out', "--exclusive"],
    });
    expect(text).toContain("#!/bin/bash\n# a pilot\n#SBATCH --time=60\n#SBATCH --constraint=a&b|c\n");
    expect(text).toContain('#SBATCH --output="/x y/\\"z\\".out"\n#SBATCH --exclusive\n');
    expect(() => job.run([], { options: ["--comment=a\nb"] })).toThrow(RangeError);
  });
});

describe("the copy on the node", () => {
  const sha = (path: string): string =>
    new Bun.CryptoHasher("sha256").update(readFileSync(path)).digest("hex");

  test("is made once, and started from there", () => {
    using job = new Job();
    const local = {
      folder: join(job.folder, "scratch"),
      sha256: sha(job.worker),
      size: statSync(job.worker).size,
    };
    const copy = join(local.folder, `pipe-${process.getuid?.()}`, "pipe-0123456789abcdef");
    expect(job.run([], { local }).stdout).toContain(`worker ${copy} [worker`);
    const { ino } = statSync(copy);
    expect(job.run([], { local }).stdout).toContain(`worker ${copy} [worker`);
    expect(statSync(copy).ino).toBe(ino);
    expect(readdirSync(join(copy, ".."))).toEqual(["pipe-0123456789abcdef"]);
  });

  test("that cannot be made, or is not what it should be, is done without", () => {
    using job = new Job();
    const size = statSync(job.worker).size;
    const wrong = { folder: join(job.folder, "scratch"), sha256: "0".repeat(64), size };
    const { stdout, stderr } = job.run([], { local: wrong });
    expect(stdout).toContain(`worker ${job.worker} [worker`);
    expect(stderr).toContain("the shared one is started");
    const inTheWay = join(job.folder, "file");
    writeFileSync(inTheWay, "");
    expect(job.run([], { local: { ...wrong, folder: inTheWay } }).stdout).toContain(`worker ${job.worker} [`);
    // Somebody else's link in a folder that everybody may write to.
    const foreign = join(job.folder, "foreign");
    mkdirSync(foreign);
    mkdirSync(join(job.folder, "open"));
    Bun.spawnSync(["ln", "-s", foreign, join(job.folder, "open", `pipe-${process.getuid?.()}`)]);
    const tricked = { ...wrong, sha256: sha(job.worker), folder: join(job.folder, "open") };
    expect(job.run([], { local: tricked }).stdout).toContain(`worker ${job.worker} [`);
    expect(existsSync(join(foreign, "pipe-0123456789abcdef"))).toBe(false);
  });
});

describe("pieces of worker_init", () => {
  const lines = (...entries: readonly string[]) =>
    initPieces(entries).map(({ line, text }) => `${line}: ${text}`);
  test("each line for itself, numbered over all entries", () => {
    expect(lines("a\nb\n\n# c\nd", "e")).toEqual(["1: a", "2: b", "5: d", "6: e"]);
    expect(lines('source "$HOME/x y"/activate', 'export A="$(date) ${B}"\nc')).toEqual([
      '1: source "$HOME/x y"/activate',
      '2: export A="$(date) ${B}"',
      "3: c",
    ]);
  });
  test("what goes on over lines stays together", () => {
    for (const whole of [
      "if true; then\n  a\nfi",
      "a \\\n  b",
      "cat <<E\nx\nE",
      "a &&\nb",
      "a |\nb",
      "f() {\na\n}",
      "echo 'x\ny'",
      'echo "x\ny"',
      "case x in\nx) a;;\nesac",
      "while read x\ndo\na\ndone",
    ]) {
      expect(lines("first", whole, "last")).toEqual([
        "1: first",
        `2: ${whole}`,
        `${2 + whole.split("\n").length}: last`,
      ]);
    }
  });
});

describe("the record", () => {
  test("the last whole line of ours counts", () => {
    expect(parseInitRecord("")).toEqual({ kind: "nothing" });
    expect(parseInitRecord("something else\npipe-init-1 running line=0 job=7 node=n1")).toEqual({
      kind: "nothing",
    });
    expect(
      parseInitRecord(
        "pipe-init-1 failed line=2 status=1 job=7 node=n1\npipe-init-1 running line=0 job=7 node=n2\n",
      ),
    ).toEqual({
      ...{ kind: "running", line: 0, job: "7", node: "n2" },
    });
  });
});
