// Slurm's refusals, and what a person does about each. The texts are those of versions 20.11 to 25.11; one that is on no
// line here is shown as it is.
export type LaterReason =
  /** As many jobs as one may have are in the queue; every element of an array counts. */
  "submit-limit" | "controller-away" | "other";

export type NeverWhat =
  | "partition"
  | "account"
  | "qos"
  | "memory"
  | "constraint"
  | "gres"
  | "limits"
  | "option"
  | "array-size"
  | "other";

export type Verdict =
  | { readonly kind: "later"; readonly reason: LaterReason }
  | {
      readonly kind: "never";
      readonly what: NeverWhat;
      readonly explanation: string;
      readonly hint: string;
    };

export interface Refusal {
  readonly when: RegExp;
  readonly means: (found: RegExpExecArray) => Verdict;
}

const later = (when: RegExp, reason: LaterReason): Refusal => ({
  when,
  means: () => ({ kind: "later", reason }),
});

const never = (when: RegExp, what: NeverWhat, explanation: string, hint: string): Refusal => ({
  when,
  means: () => ({ kind: "never", what, explanation, hint }),
});

const inToml = "in pipe.toml, under `[executor.NAME]` or the block's `[blocks.NAME]`";

/** The first that fits counts: a word of the cause stands before the text that closes every refusal. */
export const refusals: readonly Refusal[] = [
  // ---- for now
  later(/\b(?:QOS|Assoc)\w*Submit\w*|MaxSubmitJobsPerAccount/, "submit-limit"),
  later(/MaxJobCount limit reached|job queue is full/i, "submit-limit"),
  later(
    /Unable to contact slurm controller|Communication connection failure|Connection refused|backup controller|standby mode|Process is shutting down|is shutting down/i,
    "controller-away",
  ),
  later(/Connection timed out establishing|No route to host|Network is unreachable/i, "controller-away"),
  later(
    /temporarily unable|Resource temporarily unavailable|Rate limit|rate limited|try again|retry (?:later|momentarily)/i,
    "other",
  ),
  // munged is started anew now and then; a cluster that is being worked on lets nobody in.
  later(
    /munge|Protocol authentication error|Invalid authentication credential|Authentication credential expired|submissions disabled/i,
    "other",
  ),

  // ---- for good
  {
    when: /invalid partition specified: (\S+)|Invalid partition name/i,
    means: ([, name]) => ({
      kind: "never",
      what: "partition",
      explanation:
        name === undefined
          ? "the cluster has no partition of that name"
          : `the cluster has no partition \`${name}\``,
      hint: `\`sinfo --summarize\` lists the partitions; change \`partition\` ${inToml}`,
    }),
  },
  never(
    /No partition specified or system default partition/i,
    "partition",
    "no partition was asked for, and the cluster has no default one",
    `\`sinfo --summarize\` lists the partitions; set \`partition\` ${inToml}`,
  ),
  never(
    /group not permitted to use this partition|account not permitted to use this partition|Access\/permission denied/i,
    "partition",
    "you may not use this partition with this account",
    `\`scontrol show partition NAME\` shows who may; change \`partition\` or \`account\` ${inToml}`,
  ),
  never(
    /Required partition not available|Partition in DOWN state|Partition is down/i,
    "partition",
    "the partition is down or switched off",
    `\`sinfo --summarize\` shows which are up; change \`partition\` ${inToml}, or wait until it is up`,
  ),
  never(
    /Requested nodes not in this partition|Invalid node name/i,
    "partition",
    "the nodes that were asked for by name do not belong to the partition",
    `change \`nodelist\` or \`exclude\` in \`slurm_options\` ${inToml}`,
  ),
  never(
    /QOS not permitted to use this partition|Invalid qos|Invalid QOS|breached requested QOS usage threshold/,
    "qos",
    "there is no such quality of service, or your account may not use it here",
    `\`sacctmgr show assoc user=$USER format=account,partition,qos\` shows yours; change \`qos\` ${inToml}`,
  ),
  never(
    /Invalid account|Invalid or unknown association|Invalid wckey/i,
    "account",
    "there is no such account, or it is not yours, or it is needed and was not given",
    `\`sacctmgr show assoc user=$USER format=account,partition,qos\` shows yours; set \`account\` ${inToml}`,
  ),
  never(
    /Memory specification can not be satisfied|Memory required by task is not available/i,
    "memory",
    "no node of the partition has as much memory",
    `\`sinfo --format="%P %m"\` shows how many megabytes the nodes have; lower \`memory_per_node\` or the block's \`memory\` ${inToml}`,
  ),
  never(
    /Invalid feature specification|Invalid preferred feature|Invalid extra constraints/i,
    "constraint",
    "no node has such a feature",
    `\`sinfo --format="%P %f"\` shows the features; change \`constraint\` ${inToml}`,
  ),
  never(
    /generic resource \(gres\)|Invalid GRES|Invalid Trackable RESource|Requested GRES option|RestrictedCoresPerGPU/i,
    "gres",
    "no node has such GPUs, or the cluster calls them otherwise",
    `\`sinfo --format="%P %G"\` shows what the nodes have; change \`gpus_per_node\`, the block's \`gpus\`, or \`gres\` in \`slurm_options\` ${inToml}`,
  ),
  never(
    /Invalid job array specification/i,
    "array-size",
    "an index of the array is larger than the cluster allows",
    "`scontrol show config` shows `MaxArraySize`; the largest index is one less",
  ),
  {
    when: /\b((?:QOS|Assoc)(?:Max|Min|Grp)\w+)|accounting\/QOS policy/,
    means: ([, limit]) => ({
      kind: "never",
      what: "limits",
      explanation:
        limit === undefined
          ? "the job breaks a limit of your account or of its quality of service"
          : `the job breaks a limit of your account or of its quality of service (${limit})`,
      hint: `ask for less: \`walltime\`, \`nodes_per_pilot\`, \`cores_per_node\`, \`memory_per_node\` ${inToml}`,
    }),
  },
  never(
    /Requested time limit is invalid|Invalid time-min|time limit/i,
    "limits",
    "the time limit is missing, or longer than the partition allows",
    `\`sinfo --format="%P %l"\` shows how long jobs may be; change \`walltime\` ${inToml}`,
  ),
  never(
    /Node count specification invalid|CPU count specification invalid|More processors requested than permitted|Requested partition configuration not available/i,
    "limits",
    "it asks for more nodes or cores than a job of this partition may have",
    `\`scontrol show partition NAME\` shows how many; lower \`nodes_per_pilot\` or \`cores_per_node\` ${inToml}`,
  ),
  never(
    /Requested node configuration is not available|Requested topology configuration|CPU count per node can not be satisfied/i,
    "limits",
    "no node of the partition has what the job asks for",
    `\`sinfo --format="%P %c %m %G %f"\` shows cores, memory, GPUs and features of the nodes; lower \`cores_per_node\`, \`memory_per_node\` or \`gpus_per_node\` ${inToml}`,
  ),
  never(
    /reservation/i,
    "option",
    "there is no such reservation, or it is not for you, or not now",
    `\`scontrol show reservation\` lists them; change \`reservation\` ${inToml}`,
  ),
  never(
    /unrecognized option|invalid option|option requires an argument|Invalid .*specification|Invalid --|Invalid directive|invalid (?:number|time|argument)|ambiguous option|Invalid \w+ specified/i,
    "option",
    "this version of Slurm does not take one of the options",
    `\`sbatch --help\` lists what it takes; change \`slurm_options\` ${inToml}`,
  ),
  never(
    /dependency/i,
    "option",
    "it is to wait for a job that cannot be waited for",
    `change \`dependency\` in \`slurm_options\` ${inToml}`,
  ),
  never(
    /Unable to open file|does not look like a batch script|DOS line breaks|script not specified|script is only comments/i,
    "other",
    "the job's script cannot be read as it was written",
    "look whether the file is there and whole",
  ),
  never(
    /Incompatible versions|version number error|Protocol version/i,
    "other",
    "the Slurm commands on this machine and the cluster's controller are of different versions",
    "log in where jobs are usually submitted, or ask the cluster's administrators",
  ),
  never(
    /can't be reached now, or it is an invalid entry|Invalid cluster name|Problem talking to (?:the )?database/i,
    "other",
    "the cluster that was asked for cannot be found",
    "look at `SLURM_CLUSTERS` and at `clusters` in `slurm_options`",
  ),
  never(
    /presently disabled|not supported on this system|Only batch jobs/i,
    "option",
    "the cluster does not allow one of the options",
    `change \`slurm_options\` ${inToml}, or ask the cluster's administrators`,
  ),
];
