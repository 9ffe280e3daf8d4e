// What a node is like for whoever wants to run tasks there: what it sees, what it has, what it lacks.
import type { Place } from "../../../core/diagnostic.ts";
import { type Finding, finding, type Verdict } from "../../../core/finding.ts";
import type { ProbeOutcome, RoundTrip } from "./probe-outcome.ts";
import { rounds } from "./probe-protocol.ts";
import type { ProbeJob } from "./probe-script.ts";

/** Where things are configured, for hints. */
export interface ProbeWords {
  /** `[executor.NAME]`'s NAME. */
  readonly executor: string;
  readonly initPlace: Place | null;
  readonly optionsPlace: Place | null;
  /** This machine's name. */
  readonly here: string;
  /** What a duration and a size look like; see report/amounts.ts. */
  readonly duration: (seconds: number) => string;
  readonly size: (bytes: number) => string;
}

/** What a node that has answered is like. */
export function answered(
  job: Pick<ProbeJob, "staged" | "init" | "programs" | "gpu">,
  outcome: Extract<ProbeOutcome, { kind: "answered" }>,
  words: ProbeWords,
): readonly Finding[] {
  const { answer, trips, output } = outcome;
  const { node } = answer;
  const has = `${answer.cpus} ${answer.cpus === 1 ? "core" : "cores"}, ${words.size(answer.memory)} of memory, ${answer.gpus === 0 ? "no GPU" : answer.gpus === 1 ? "1 GPU" : `${answer.gpus} GPUs`}`;
  return [
    finding("start", "ok", `job ${outcome.job} ran on ${node}, which has ${has}`),
    finding("dataset", "ok", `the dataset folder is there and is the same one (${answer.filesystem})`),
    ...visibility(trips, words),
    ...space(answer.free, answer.inodes, words),
    answer.sha256 === job.staged.sha256
      ? finding("executable", "ok", "the executable starts there, and is the one that was staged")
      : finding("executable", "fail", `the executable that ${node} runs is not the one that was staged`, {
          notes: [`staged ${job.staged.sha256}, there ${answer.sha256}`],
          hint: "wait a minute and try again: the node may still have an older copy",
        }),
    ...(job.init.length === 0 ? [] : [finding("worker-init", "ok", "worker_init works", { notes: output })]),
    ...programs(job, answer.programs, words),
    ...(job.gpu && answer.gpus === 0
      ? [
          finding("gpu", "warn", `a GPU was asked for and given, and ${node} shows none`, {
            hint: "GPUs are handed out by index all the same; look whether `nvidia-smi` works there",
          }),
        ]
      : []),
    ...clock(node, trips, words),
  ];
}

function visibility(trips: readonly RoundTrip[], words: ProbeWords): readonly Finding[] {
  if (trips.length < rounds) {
    return [
      finding("visibility", "fail", "a file written on one side was not seen on the other", {
        notes: [`${trips.length} of ${rounds} times it went there and back`],
        hint: "the filesystem hides new files for minutes, or loses them: ask its administrators, or name another `--data_path`",
      }),
    ];
  }
  const longest = Math.max(...trips.map((trip) => trip.seconds));
  const text = `a file written here is seen there, and its answer here, after ${words.duration(longest)}`;
  return [
    longest > slow
      ? finding("visibility", "warn", text, {
          hint: "tasks that take less than that should be few: the workers wait for the filesystem",
        })
      : finding("visibility", "ok", text),
  ];
}

/** Seconds. */
const slow = 10;

export function space(
  free: number,
  inodes: number | null,
  words: Pick<ProbeWords, "size">,
): readonly Finding[] {
  const files = inodes === null ? "" : ` and for ${inodes.toLocaleString("en-US")} files`;
  const verdict: Verdict =
    free < 100 << 20 || (inodes !== null && inodes < 1000)
      ? "fail"
      : free < 1 << 30 || (inodes !== null && inodes < 20_000)
        ? "warn"
        : "ok";
  const hint = "make room, or name a folder elsewhere with `--data_path`";
  return [
    finding(
      "space",
      verdict,
      `there is room for ${words.size(free)}${files}`,
      verdict === "ok" ? {} : { hint },
    ),
  ];
}

/** One line for all that are there, one for each that is not. */
export function programs(
  { programs: wanted }: Pick<ProbeJob, "programs">,
  answers: readonly { readonly program: string; readonly found: string }[],
  words: Pick<ProbeWords, "executor">,
): readonly Finding[] {
  const looked = wanted.map((one, at) => ({ ...one, found: answers[at]?.found }));
  const there = looked.filter(({ found }) => found?.startsWith("/") === true);
  const others = looked.filter((one) => !there.includes(one));
  return [
    ...(there.length === 0
      ? []
      : [
          finding("programs", "ok", `found: ${there.map(({ program }) => program).join(", ")}`, {
            notes: there
              .filter(({ program }) => !program.startsWith("/"))
              .map(({ program, found }) => `${program} is ${found}`),
          }),
        ]),
    ...others.map(({ program, blocks, place, found }) =>
      finding("programs", "fail", missingProgram(program, found, blocks), {
        hint: program.startsWith("/")
          ? "put it where all nodes see it, and make it executable (`chmod +x`)"
          : `install it there, or load it with a line of \`worker_init\` under \`[executor.${words.executor}]\` in pipe.toml: \`module load …\``,
        place,
      }),
    ),
  ];
}

function missingProgram(program: string, found: string | undefined, blocks: readonly string[]): string {
  const who = blocks.join(", ");
  return found === "not-executable"
    ? `\`${program}\`, which ${who} needs, may not be executed`
    : `\`${program}\`, which ${who} needs, is not there`;
}

function clock(node: string, trips: readonly RoundTrip[], words: ProbeWords): readonly Finding[] {
  const best = trips.toSorted((a, b) => a.seconds - b.seconds)[0];
  if (best === undefined) return [];
  const off = Math.abs(best.clockAhead) - best.clockDoubt;
  if (off < clockTolerance)
    return [
      finding(
        "clock",
        "ok",
        `the clocks agree within ${words.duration(Math.max(1, Math.ceil(off + best.clockDoubt)))}`,
      ),
    ];
  const way = best.clockAhead > 0 ? "ahead of" : "behind";
  return [
    finding("clock", "warn", `the clock of ${node} is ${words.duration(off)} ${way} that of ${words.here}`, {
      hint: "`pipe` does not compare clocks, but programs that compare times of files (make) do: tell the administrators",
    }),
  ];
}

/** Seconds. */
const clockTolerance = 2;
