// All jobs of one user that Slurm still remembers, in one question. One process per job and round is what administrators
// write angry mails about; and a list of numbers fails as a whole when one of them is forgotten.
import { queryLimit, type SlurmCommands } from "./command.ts";
import { parseElements, parseJobId } from "./job-id.ts";
import { answerIn, parseSpan, type QueryAnswer, type SeenJob } from "./seen-job.ts";
import { meaningOf } from "./states.ts";
import { keyInComment } from "./submission-key.ts";

export interface QueueQuestion {
  /** A user's number: names may be unset, or another's. */
  readonly user: number;
  /** Which of this user's jobs are meant. */
  readonly belongs: (job: Pick<SeenJob, "name" | "key">) => boolean;
}

export async function queryJobs(commands: SlurmCommands, question: QueueQuestion): Promise<QueryAnswer> {
  const argv = ["--noheader", "--all", "--states=all", `--user=${question.user}`, `--format=${format}`];
  return answerIn(await commands.run("squeue", argv, queryLimit), (text) =>
    parseQueue(text).filter(question.belongs),
  );
}

// Letters, not names: they mean the same in every version. Free text at the end, the freest last.
const separator = "\x1f";
const letters = ["%i", "%F", "%K", "%T", "%N", "%L", "%j", "%k", "%r"] as const;
const format = letters.join(separator);

/** Lines that are none are left out: what others write into their jobs' names is not ours to judge. */
export function parseQueue(text: string): readonly SeenJob[] {
  return text
    .split("\n")
    .map(parseLine)
    .filter((job) => job !== null);
}

function parseLine(line: string): SeenJob | null {
  const fields = line.split(separator);
  if (fields.length < letters.length) return null;
  const [written = "", base = "", index = "", state = "", nodes = "", left = "", name = "", comment = ""] =
    fields;
  const reason = fields.slice(letters.length - 1).join(separator);
  // `9_[2-3%1]` is no id that any command takes.
  const submitted = parseJobId(base);
  const id = parseJobId(written) ?? submitted;
  const elements = parseElements(index);
  if (id === null || submitted === null || elements === null) return null;
  return {
    ...{ id, submitted, elements, name, state, nodes: nodes === "(null)" ? "" : nodes },
    key: keyInComment(comment),
    meaning: meaningOf({ state, reason, exit: null }),
    left: parseSpan(left),
  };
}
