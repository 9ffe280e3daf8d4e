// What a probe job is: small, short, where the real ones will run, and with the environment that they will have.
import type { WantedProgram } from "../../../core/finding.ts";
import { type Seconds, seconds } from "../../../core/ids.ts";
import { shellWord } from "../../../core/shell-word.ts";
import type { SubmissionKey } from "../client/submission-key.ts";
import { jobScript } from "../jobs/job-script.ts";
import { longOptions } from "../jobs/sbatch-options.ts";
import type { StagedExecutable } from "../jobs/staging.ts";
import { initPath, outputPath, type ProbeQuestion, questionPath } from "./probe-protocol.ts";

export interface ProbeJob {
  /** The probe's own, absolute; not there yet. */
  readonly folder: string;
  readonly dataPath: string;
  readonly key: SubmissionKey;
  readonly nonce: string;
  readonly staged: StagedExecutable;
  /** Of the executor and of the blocks that go there. */
  readonly options: Readonly<Record<string, string>>;
  /** Whether to ask for a GPU. */
  readonly gpu: boolean;
  readonly init: readonly string[];
  readonly programs: readonly (WantedProgram & { readonly PATH: string | null })[];
  /** Of either side with the other's files. */
  readonly patience: Seconds;
}

/** Exit statuses that tell what the node cannot write down: it has no place to. */
export const noDatasetStatus = 92;
export const otherDatasetStatus = 93;

export const defaultPatience: Seconds = seconds(90);

export function probeQuestion({ nonce, dataPath, staged, programs, patience }: ProbeJob): ProbeQuestion {
  return {
    ...{ nonce, dataPath, sha256: staged.sha256, patience },
    programs: programs.map(({ program, PATH }) => ({ program, PATH })),
  };
}

export function probeScript(job: ProbeJob): { readonly text: string; readonly options: readonly string[] } {
  const { folder, dataPath, staged } = job;
  const options = probeOptions(job);
  const question = shellWord(questionPath(folder));
  const text = jobScript({
    about: ["A probe of `pipe doctor`: looks at a node as a worker would find it."],
    options,
    first: [
      `[ -d ${shellWord(dataPath)} ] || exit ${noDatasetStatus}`,
      // A node that remembers the folder as it was may need some seconds.
      `for _ in 1 2 3 4 5; do [ -f ${question} ] && break; ls ${shellWord(dataPath)}/runinfo/doctor >/dev/null 2>&1; sleep 1; done`,
      `[ -f ${question} ] || exit ${otherDatasetStatus}`,
      `exec >>${shellWord(outputPath(folder))} 2>&1`,
    ],
    init: job.init,
    initRecord: initPath(folder),
    worker: [staged.path, "doctor", "--probe", folder],
  });
  return { text, options };
}

/** What says where and for whom stays; what says how much does not: a whole node would have to be waited for. */
function probeOptions({ options, gpu }: ProbeJob): readonly string[] {
  const kept = Object.fromEntries(Object.entries(options).filter(([name]) => !ofSize.test(name)));
  return [
    ...["--nodes=1", "--ntasks=1", "--cpus-per-task=1", "--time=5"],
    // Its output goes into the probe's folder by itself: a folder that is not there on the node would end the job at once.
    ...["--chdir=/", "--output=/dev/null"],
    ...(gpu ? ["--gres=gpu:1"] : []),
    ...longOptions(kept),
  ];
}

const ofSize =
  /^(?:nodes|ntasks.*|cpus-per-.*|cores-per-.*|sockets-per-.*|threads-per-.*|mem|mem-per-.*|gpus.*|gres|tres-per-.*|time|time-min|exclusive|array|dependency|begin|deadline|signal|output|error|input|open-mode|job-name|comment|chdir|mail-.*|wait|hold|requeue|no-requeue|wrap|export.*|parsable|test-only)$/;
