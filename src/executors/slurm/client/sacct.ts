// Jobs that the queue has forgotten, as the accounting remembers them: where there is one, late by seconds or by hours, and
// without comments on most clusters. It may add to what is known and is never waited for.
import { type Moment, type Seconds, seconds } from "../../../core/ids.ts";
import { queryLimit, type SlurmCommands } from "./command.ts";
import { parseElements, parseJobId } from "./job-id.ts";
import { answerIn, type QueryAnswer, type SeenJob } from "./seen-job.ts";
import { meaningOf, parseExitCode } from "./states.ts";
import { keyInComment } from "./submission-key.ts";

export interface AccountingQuestion {
  readonly user: number;
  /** How long ago the first of these jobs was submitted: by default sacct knows nothing of before midnight. */
  readonly since: Seconds;
  readonly now: Moment;
  readonly belongs: (job: Pick<SeenJob, "name" | "key">) => boolean;
}

export async function queryAccounting(
  commands: SlurmCommands,
  question: AccountingQuestion,
): Promise<QueryAnswer> {
  const { user, since, now } = question;
  const argv = [
    ...["--allocations", "--noheader", "--parsable2", `--uid=${user}`],
    ...[`--starttime=${startTime(now, seconds(since + margin))}`, `--format=${columns.join(",")}`],
    `--delimiter=${separator}`,
  ];
  return answerIn(await commands.run("sacct", argv, queryLimit), (text) =>
    parseAccounting(text).filter(question.belongs),
  );
}

/** Clocks of login node and controller differ. */
const margin = 3600;
const separator = "\x1f";
const columns = ["JobID", "State", "ExitCode", "NodeList", "JobName", "Comment"] as const;

/**
 * The time of this machine's zone, in the words that sacct reads: it has none for another zone's.
 * @param ago counted back from `now`.
 */
export function startTime(now: Moment, ago: Seconds): string {
  const at = new Date(now - ago * 1000);
  const two = (n: number): string => String(n).padStart(2, "0");
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

export function parseAccounting(text: string): readonly SeenJob[] {
  return text
    .split("\n")
    .map(parseLine)
    .filter((job) => job !== null);
}

function parseLine(line: string): SeenJob | null {
  const fields = line.split(separator);
  if (fields.length < columns.length) return null;
  const [written = "", state = "", exit = "", nodes = "", name = ""] = fields;
  const comment = fields.slice(columns.length - 1).join(separator);
  // `12`, `9_3`, `9_[4-7]`, `12+1`
  const base = /^\d+/.exec(written)?.[0] ?? "";
  const index = /_(?:(\d+)|\[([^\]]*)\])$/.exec(written);
  const submitted = parseJobId(base);
  const elements = parseElements(index?.[1] ?? index?.[2] ?? "");
  if (submitted === null || elements === null) return null;
  return {
    ...{ id: parseJobId(written) ?? submitted, submitted, elements, name, state },
    nodes: nodes === "None assigned" ? "" : nodes,
    key: keyInComment(comment),
    meaning: meaningOf({ state, reason: "", exit: parseExitCode(exit) }),
    left: null,
  };
}
