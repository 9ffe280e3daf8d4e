// What a probe's outcome means, and what to change: the one page where the troubles of nodes become sentences.
import { type Finding, finding } from "../../../core/finding.ts";
import { never } from "../../../core/never.ts";
import { initPieces } from "../jobs/init-lines.ts";
import { answered, type ProbeWords } from "./node-findings.ts";
import type { ProbeOutcome } from "./probe-outcome.ts";
import type { ProbeJob } from "./probe-script.ts";

export function probeFindings(
  job: Pick<ProbeJob, "staged" | "init" | "programs" | "dataPath" | "gpu">,
  outcome: ProbeOutcome,
  words: ProbeWords,
): readonly Finding[] {
  const table = `\`[executor.${words.executor}]\` in pipe.toml`;
  const place = words.optionsPlace;
  switch (outcome.kind) {
    case "refused": {
      const { message, explanation, hint } = outcome.submission;
      return [
        finding("submission", "unable", `Slurm refused the job: ${explanation}`, {
          notes: [`Slurm said: ${message}`],
          hint: hint.replaceAll("[executor.NAME]", `[executor.${words.executor}]`),
          place,
        }),
      ];
    }
    case "not-submitted":
      return [
        finding("submission", "unable", "Slurm does not take jobs at this moment", {
          notes: [`Slurm said: ${outcome.message}`],
          hint: "try again in some minutes; `scontrol ping` shows whether the controller answers",
        }),
      ];
    case "never-starts":
      return [
        finding("start", "unable", `job ${outcome.job} will never start: ${outcome.words}`, {
          notes: [`Slurm's word for it is ${outcome.reason}; the job was cancelled`],
          hint: `change \`partition\`, \`account\`, \`qos\` or \`slurm_options\` under ${table} or of the blocks, or ask the cluster's administrators`,
          place,
        }),
      ];
    case "waits-too-long":
      return [
        finding(
          "start",
          "unable",
          `job ${outcome.job} did not start within ${words.duration(outcome.seconds)}: ${outcome.words}`,
          {
            notes: [
              ...(outcome.reason === "" ? [] : [`Slurm's word for it is ${outcome.reason}`]),
              "the job was cancelled",
            ],
            hint: "`pipe doctor --timeout 1h` waits longer",
          },
        ),
      ];
    case "no-dataset":
      return [
        finding(
          "dataset",
          "fail",
          `the dataset folder is not there on ${outcome.node}: \`${job.dataPath}\``,
          {
            hint: "name a folder that all nodes see at the same path with `--data_path`, or with `data_path` under `[run]` in pipe.toml: most clusters have one under /home, /work or /scratch",
          },
        ),
      ];
    case "other-dataset":
      return [
        finding(
          "dataset",
          "fail",
          `${outcome.node} has a folder \`${job.dataPath}\`, but it is another one`,
          {
            notes: [`what ${words.here} writes there is not seen on ${outcome.node}: each has its own`],
            hint: "name a folder that all nodes share with `--data_path`, or with `data_path` under `[run]` in pipe.toml",
          },
        ),
      ];
    case "init-failed":
      return [initFailed(job, outcome, words)];
    case "ended":
      return [
        finding(
          "executable",
          "fail",
          `job ${outcome.job} is over without an answer${onNode(outcome.node)}: ${outcome.how}`,
          {
            notes: outcome.output,
            hint:
              outcome.output.length > 0
                ? "the lines above are what it printed"
                : `\`scontrol show job ${outcome.job}\` tells what Slurm knows of it; the node's administrators can tell more`,
          },
        ),
      ];
    case "silent":
      return [silent(job, outcome, words)];
    case "unknown":
      return [
        finding("start", "unable", `what became of job ${outcome.job} is not known`, {
          notes: [outcome.message],
          hint: "try again when `squeue` answers",
        }),
      ];
    case "interrupted":
      return [finding("start", "unable", "interrupted; the job was cancelled")];
    case "answered":
      return answered(job, outcome, words);
    default:
      return never(outcome);
  }
}

function silent(
  job: Pick<ProbeJob, "dataPath">,
  { job: id, node, seconds, doing, output }: Extract<ProbeOutcome, { kind: "silent" }>,
  words: ProbeWords,
): Finding {
  const lasted = words.duration(seconds);
  switch (doing) {
    case "worker-init":
      return finding("worker-init", "fail", `worker_init has not ended after ${lasted}${onNode(node)}`, {
        notes: output,
        hint: "a program that asks something waits for ever in a job",
        place: words.initPlace,
      });
    case "executable":
      return finding(
        "executable",
        "fail",
        `the executable was started${onNode(node)} and has not answered within ${lasted}`,
        {
          notes: output,
          hint: "the node may be very slow in reading it from the shared folder: try again",
        },
      );
    case "nothing-seen":
      return finding(
        "dataset",
        "fail",
        `job ${id} runs${onNode(node)}, and nothing that it wrote was seen here within ${lasted}`,
        {
          notes: output,
          hint: `look whether the node sees the dataset: \`srun ls ${job.dataPath}/runinfo\``,
        },
      );
    default:
      return never(doing);
  }
}

const onNode = (node: string): string => (node === "" ? "" : ` on ${node}`);

/** The line as it was configured. */
function lineOf(init: readonly string[], line: number): readonly string[] {
  const piece = initPieces(init).findLast((one) => one.line <= line);
  return piece === undefined ? [] : [`the line: ${piece.text}`];
}

function initFailed(
  job: Pick<ProbeJob, "init" | "staged">,
  { node, line, status, output }: Extract<ProbeOutcome, { kind: "init-failed" }>,
  words: ProbeWords,
): Finding {
  if (line > 0) {
    return finding(
      "worker-init",
      "fail",
      `line ${line} of worker_init failed${onNode(node)} with exit status ${status}`,
      {
        notes: [...lineOf(job.init, line), ...output],
        hint: `correct \`worker_init\` under \`[executor.${words.executor}]\` in pipe.toml`,
        place: words.initPlace,
      },
    );
  }
  return finding(
    "executable",
    "fail",
    `the executable cannot be started${onNode(node)} (exit status ${status})`,
    {
      notes: [`it is ${job.staged.path}`, ...output],
      hint:
        status === 126
          ? "nodes may not execute files of that filesystem (`noexec`), or have another kind of processor: name another `--data_path`"
          : "look whether the file is there on the node: `srun ls -l` with its path",
    },
  );
}
