// What the controller says of itself: how large an array may be, how long an ended job is remembered, whether there are
// accounts. Asked once per run; guessed wrongly, an array of 1001 elements is refused whole, and a job that was forgotten
// after five minutes is taken for lost.
import { type Seconds, seconds } from "../../../core/ids.ts";
import { complaintOf, queryLimit, type SlurmCommands } from "./command.ts";

/** null wherever the controller does not say. */
export interface ClusterFacts {
  readonly name: string | null;
  /** `22.05.8` */
  readonly version: string | null;
  /** The largest index of an array + 1. */
  readonly maxArraySize: number | null;
  /** The most elements of one array, where that is less than its largest index. */
  readonly maxArrayTasks: number | null;
  /** As many jobs as the controller keeps in all, elements of arrays and ended jobs included. */
  readonly maxJobCount: number | null;
  /** How long an ended job is listed. */
  readonly minJobAge: Seconds | null;
  /** Between SIGTERM and SIGKILL. */
  readonly killWait: Seconds | null;
  /** How long a node may be silent until its jobs are NODE_FAIL. */
  readonly slurmdTimeout: Seconds | null;
  /** How long one request waits for its answer; commands ask more than once. */
  readonly messageTimeout: Seconds | null;
  /** Whether jobs are put back into the queue unless they say otherwise. */
  readonly requeues: boolean | null;
  /** Whether `sacct` knows anything. */
  readonly accounting: boolean;
  /** Whether accounts keep the comments of jobs, and with them our keys. */
  readonly accountsKeepComments: boolean;
  /** Jobs that ask for too much are refused, instead of waiting for ever. */
  readonly refusesTooLarge: boolean;
  /** Whether memory limits are enforced by control groups, so that OUT_OF_MEMORY is told. */
  readonly enforcesMemory: boolean;
  /** `name=value` of SchedulerParameters; an empty value where there is none. */
  readonly scheduler: ReadonlyMap<string, string>;
}

export type FactsAnswer =
  | { readonly kind: "answer"; readonly facts: ClusterFacts }
  | { readonly kind: "unknown"; readonly message: string };

export async function clusterFacts(commands: SlurmCommands): Promise<FactsAnswer> {
  const result = await commands.run("scontrol", ["show", "config"], queryLimit);
  if (result.kind !== "ended" || result.status !== 0) {
    return { kind: "unknown", message: complaintOf(result) };
  }
  return { kind: "answer", facts: parseClusterFacts(result.stdout) };
}

/** Asks until there is one answer, and then never again. */
export function rememberedFacts(commands: SlurmCommands): () => Promise<FactsAnswer> {
  let known: FactsAnswer | null = null;
  return async () => {
    if (known !== null) return known;
    const answer = await clusterFacts(commands);
    if (answer.kind === "answer") known = answer;
    return answer;
  };
}

export function parseClusterFacts(text: string): ClusterFacts {
  const values = new Map<string, string>();
  for (const [, name = "", value = ""] of text.matchAll(/^(\w+)[ \t]*=[ \t]*(.*?)[ \t]*$/gm)) {
    if (value !== "" && value !== "(null)" && !values.has(name)) values.set(name, value);
  }
  const word = (name: string): string | null => values.get(name) ?? null;
  const number = (name: string): number | null => {
    const found = /^\d+/.exec(values.get(name) ?? "");
    return found === null ? null : Number(found[0]);
  };
  const span = (name: string): Seconds | null => {
    const found = number(name);
    return found === null ? null : seconds(found);
  };
  const scheduler = parameters(word("SchedulerParameters") ?? "");
  const storage = word("AccountingStorageType");
  const requeues = number("JobRequeue");
  const enforced = word("EnforcePartLimits");
  return {
    name: word("ClusterName"),
    version: word("SLURM_VERSION"),
    maxArraySize: number("MaxArraySize"),
    maxArrayTasks: wholeNumber(scheduler.get("max_array_tasks")),
    maxJobCount: number("MaxJobCount"),
    minJobAge: span("MinJobAge"),
    killWait: span("KillWait"),
    slurmdTimeout: span("SlurmdTimeout"),
    messageTimeout: span("MessageTimeout"),
    requeues: requeues === null ? null : requeues !== 0,
    accounting: storage !== null && !/none$/.test(storage),
    accountsKeepComments: /\bjob_comment\b/.test(word("AccountingStoreFlags") ?? ""),
    refusesTooLarge: enforced !== null && enforced !== "NO",
    enforcesMemory: /cgroup/.test(word("TaskPlugin") ?? ""),
    scheduler,
  };
}

function parameters(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split(",")
      .filter((part) => part !== "")
      .map((part) => {
        const at = part.indexOf("=");
        return at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
      }),
  );
}

const wholeNumber = (text: string | undefined): number | null =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
