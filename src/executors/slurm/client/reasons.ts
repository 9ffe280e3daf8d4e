// Why a job waits → whether waiting helps. Slurm accepts jobs that can never start and lets them wait for ever under a
// word that nobody reads; a user who is told on the same minute has lost nothing.

export interface ReasonMeaning {
  /** Slurm's own word. */
  readonly reason: string;
  readonly hope: "normal" | "needs-help";
  readonly words: string;
}

/** A reason that is not known is a normal one: new versions have new words, and free text with commas in it. */
export function reasonMeaning(reason: string): ReasonMeaning {
  const told = reason.trim();
  const word = /^[A-Za-z]+/.exec(told)?.[0] ?? "";
  for (const { when, hope, words } of table) {
    if (when.test(told)) return { reason: told, hope, words: words(word, told) };
  }
  return {
    reason: told,
    hope: "normal",
    words: told === "" ? "Slurm has not looked at it yet" : `Slurm says why: ${told}`,
  };
}

interface Row {
  readonly when: RegExp;
  readonly hope: ReasonMeaning["hope"];
  readonly words: (word: string, told: string) => string;
}

const normal = (when: RegExp, words: string): Row => ({ when, hope: "normal", words: () => words });
const stuck = (when: RegExp, words: string): Row => ({ when, hope: "needs-help", words: () => words });
const whole = (...words: readonly string[]): RegExp => new RegExp(`^(?:${words.join("|")})$`);

const whose = { Assoc: "the account's limits", QOS: "the limits of the quality of service" } as const;
const limitsOf = (word: string): string => (word.startsWith("Assoc") ? whose.Assoc : whose.QOS);

/** The first that fits counts. */
const table: readonly Row[] = [
  normal(/^None$/, "Slurm has not looked at it yet"),
  normal(/^Priority$/, "jobs of higher priority are before it in the queue"),
  normal(/^Resources$/, "it waits for free nodes"),
  normal(/^Dependency$/, "it waits for another job to end"),
  normal(/^BeginTime$/, "it is not to start before a certain time (after a requeue, about two minutes)"),
  normal(/^JobArrayTaskLimit$/, "as many elements of its array run as may run at once"),
  normal(/^Licenses$/, "it waits for a licence"),
  normal(/^Reservation$/, "it waits for its reservation to begin"),
  normal(/^(?:Cleaning|Prolog|SchedDefer)$/, "Slurm is preparing it"),
  normal(/^FedJobLock$/, "the clusters of the federation are deciding which of them runs it"),
  normal(
    /^(?:BurstBuffer(?:Resources|StageIn)|PowerNotAvail|PowerReserved|FrontEndDown)$/,
    "it waits for something that the cluster prepares for it",
  ),
  normal(/^(?:NodeDown|SystemFailure)$/, "a node of it went down; Slurm will try again"),
  normal(
    /^Nodes required for job are /,
    "the nodes that it could run on are down, drained, or reserved for others",
  ),
  normal(
    /^\(?ReqNodeNotAvail/,
    "nodes that it could run on are not available: down, excluded, or reserved (often for a maintenance that would begin before its time limit ends; a shorter `walltime` may start at once)",
  ),
  normal(/^Resource temporarily|^Burst buffer/i, "it waits for something that is in use"),

  stuck(
    /^PartitionConfig$/,
    "it asks for more than the partition has or allows: cores, memory, nodes, or time",
  ),
  stuck(/^PartitionTimeLimit$/, "its time limit is longer than the partition allows"),
  stuck(/^PartitionNodeLimit$/, "it asks for fewer or more nodes than the partition allows"),
  stuck(/^PartitionDown$/, "the partition is down"),
  stuck(/^PartitionInactive$/, "the partition is switched off"),
  stuck(/^(?:BadConstraints|Constraints)$/, "no node of the partition has what it asks for"),
  stuck(/^(?:InvalidAccount|AccountNotAllowed)$/, "its account may not be used here"),
  stuck(/^(?:InvalidQOS|QOSNotAllowed)$/, "its quality of service may not be used here"),
  stuck(/^QOSUsageThreshold$/, "the account has used too much for this quality of service"),
  stuck(/^DependencyNeverSatisfied$/, "the job that it waits for did not end as it had to"),
  stuck(/^JobHeldUser$/, "it is held; `scontrol release` lets it go"),
  stuck(/^JobHeldAdmin$/, "an administrator holds it"),
  stuck(
    /^(?:JobHoldMaxRequeue|JobLaunchFailure)$|requeued held$/,
    "Slurm could not start it several times and holds it; `scontrol release` lets it try again",
  ),
  stuck(/^NonZeroExitCode$/, "it failed, was put back into the queue, and is held there"),
  stuck(/^(?:DeadLine|Deadline)$/, "it cannot end before its deadline"),
  stuck(/^(?:ReservationDeleted|ReservationInvalid)$/, "its reservation does not exist any more"),
  stuck(/^BurstBufferOperation$/, "its burst buffer could not be prepared"),
  stuck(/^MaxMemPerLimit$/, "it asks for more memory than a job may have here"),
  {
    when: /^(?:QOS|Assoc)Max\w*Wall\w*PerJob/,
    hope: "needs-help",
    words: (word) => `its time limit is longer than ${limitsOf(word)} allow`,
  },
  {
    when: /^(?:QOS|Assoc)Max\w*(?:PerJob|PerNode)/,
    hope: "needs-help",
    words: (word) => `it asks for more than ${limitsOf(word)} allow one job (${word})`,
  },
  {
    when: /^QOSMin/,
    hope: "needs-help",
    words: (word) => `it asks for less than its quality of service wants a job to ask for (${word})`,
  },
  {
    when: /^(?:QOS|Assoc)Grp\w*RunMin/,
    hope: "normal",
    words: (word) => `the running jobs take all that ${limitsOf(word)} allow at once (${word})`,
  },
  {
    when: /^(?:QOS|Assoc)Grp\w*(?:Minutes|WallLimit)/,
    hope: "normal",
    words: (word) =>
      `the hours that ${limitsOf(word)} allow are used up or promised to running jobs (${word}); \`sshare\` shows how much is left`,
  },
  {
    when: /^(?:QOS|Assoc)Grp/,
    hope: "normal",
    words: (word) => `all jobs together may not take more at once, by ${limitsOf(word)} (${word})`,
  },
  {
    when: /^(?:QOSMax\w*Per(?:User|Account)|AssocMax(?:Jobs|SubmitJob)|Max\w*PerAccount)/,
    hope: "normal",
    words: (word) => `your own jobs take all that you may have at once, by ${limitsOf(word)} (${word})`,
  },
  normal(
    whole("Association(?:Job|Resource|Time)Limit", "QOS(?:Job|Resource|Time)Limit", "AccountingPolicy"),
    "a limit of the account or of its quality of service is reached",
  ),
];
