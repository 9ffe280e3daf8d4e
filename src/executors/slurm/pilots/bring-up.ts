// What to say of a job that ended, or will end, without its pilot having said a word: everything that is known, in one
// paragraph. On a cluster this is the most usual trouble of all, and the one that takes longest to find by hand.
import { readText } from "../../../system/durable-file.ts";
import { isFileError } from "../../../system/file-error.ts";
import { linesForPeople } from "../../../system/take-output.ts";
import type { JobMeaning } from "../client/states.ts";
import { initPieces } from "../jobs/init-lines.ts";
import { type InitState, parseInitRecord } from "../jobs/init-record.ts";

export interface BringUp {
  readonly slot: string;
  readonly job: string | null;
  readonly nodes: string;
  readonly init: InitState;
  readonly meaning: JobMeaning | null;
  readonly workerInit: readonly string[];
  /** The last lines that the job printed. */
  readonly printed: readonly string[];
  /** Where the rest is. */
  readonly output: string;
}

export interface Told {
  readonly message: string;
  readonly hint: string;
}

/** What the job's script has written down of how far it came; nothing where it cannot be read now. */
export function readInit(path: string): InitState {
  return parseInitRecord(textOf(path));
}

export function lastLines(path: string, count: number): readonly string[] {
  return linesForPeople(textOf(path)).slice(-count);
}

export function sayBringUp(facts: BringUp): Told {
  const { slot, job, nodes, init, meaning, printed, output } = facts;
  const node = init.kind === "nothing" ? nodes : init.node;
  const who = `the pilot ${slot}${job === null ? "" : ` (job ${job})`}${node === "" ? "" : ` on ${node}`}`;
  const { what, hint } = cause(facts);
  const end = meaning?.kind === "ended" ? `; Slurm says of the job: ${meaning.words}` : "";
  const lines =
    printed.length === 0
      ? "; it printed nothing"
      : ["; it printed:", ...printed.map((line) => `  ${line}`)].join("\n");
  return { message: `${who} ${what}${end}${lines}`, hint: `${hint}; all that it printed: ${output}` };
}

function cause(facts: BringUp): { readonly what: string; readonly hint: string } {
  const { init, workerInit, meaning } = facts;
  switch (init.kind) {
    case "failed": {
      if (init.line === 0) {
        return {
          what: `could not start the executable (exit status ${init.status})`,
          hint: "`pipe doctor` tries on a node whether the dataset's folder and the executable are there",
        };
      }
      const piece = initPieces(workerInit).find(({ line }) => line === init.line);
      return {
        what: `did not come up: line ${init.line} of worker_init ended with status ${init.status}${piece === undefined ? "" : `: ${piece.text}`}`,
        hint: "mend `worker_init` of the executor in pipe.toml; `pipe doctor` tries it on a node",
      };
    }
    case "running":
      return {
        what:
          init.line === 0
            ? "was ended before it came up"
            : `was ended while line ${init.line} of worker_init ran: ${initPieces(workerInit).find(({ line }) => line === init.line)?.text ?? ""}`,
        hint: "`pipe doctor` tries on a node what the script does",
      };
    case "ready":
      return {
        what: "was started and ended without a word",
        hint: "`pipe doctor` tries on a node whether the dataset's folder is the same there",
      };
    case "nothing":
      return meaning?.kind === "ended" && meaning.how === "cancelled"
        ? {
            what: "was cancelled before it began",
            hint: "by a person, or by Slurm itself: `sacct -j JOB` may know",
          }
        : {
            what: "never began to run its script, as far as can be seen from here",
            hint: "is the dataset's folder there on the nodes, under the same path? `pipe doctor` looks",
          };
  }
}

function textOf(path: string): string {
  try {
    const text = readText(path);
    return text === "missing" ? "" : text;
  } catch (error) {
    if (!isFileError(error)) throw error;
    return "";
  }
}
