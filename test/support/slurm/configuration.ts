// What a cluster shall be → slurm.conf. Everything that makes Slurm wait is as short as it allows, except the times that a
// test is about; those keep a real cluster's order (a node is given up later than a job is killed).
import type { Slot } from "./slot.ts";

export interface ClusterOptions {
  /** n1 … nN; default 2. */
  readonly nodes?: number;
  /** Of each node, claimed whatever the machine has; default 4. */
  readonly cpus?: number;
  /** MB of each node, claimed likewise; default 4000. */
  readonly memory?: number;
  /** GPUs of each node, files that only look like devices; default none. */
  readonly gpus?: number;
  /**
   * Partitions beside `main`, with their settings: `{ short: "MaxTime=1", down: "State=DOWN", low: "PriorityTier=1",
   * high: "PriorityTier=10 PreemptMode=OFF" }`. All nodes, unless the settings name some.
   */
  readonly partitions?: Readonly<Record<string, string>>;
  /** Settings of `main`; default `MaxTime=60` (minutes). */
  readonly main?: string;
  /** Largest index of an array + 1; Slurm's default 1001. */
  readonly maxArraySize?: number;
  /** Jobs that the controller keeps; Slurm's default 10000. */
  readonly maxJobCount?: number;
  /** Seconds without a word from a node until its jobs are NODE_FAIL, and about 10 more; default 20. */
  readonly slurmdTimeout?: number;
  /** Seconds between SIGTERM and SIGKILL; default 5. */
  readonly killWait?: number;
  /** Seconds after which an ended job is forgotten; Slurm's default 300, at least 2. */
  readonly minJobAge?: number;
  /** Seconds that commands go on asking for a controller that is not there; Slurm's default 10. */
  readonly messageTimeout?: number;
  /** Lines added to slurm.conf. */
  readonly extra?: readonly string[];
  /** slurmdbd and MariaDB: sacct, and limits through `cluster.accounting`; takes seconds longer to start. Default false. */
  readonly accounting?: boolean;
  /**
   * `shared` (default): everyone sees the same folder. `bindfs`: launcher and nodes each see `cluster.shared` through a
   * filesystem of their own that caches for 3 s.
   */
  readonly views?: "shared" | "bindfs";
  /** `local` (default): nodes are processes on this machine. `netns`: with addresses of their own, to be cut off. */
  readonly hosts?: "local" | "netns";
}

export interface Place {
  readonly name: string;
  readonly folder: string;
  readonly slot: Slot;
  /** Short name of this machine. */
  readonly hostname: string;
}

export const nodeNames = ({ nodes = 2 }: ClusterOptions): readonly string[] =>
  Array.from({ length: nodes }, (_, index) => `n${index + 1}`);

/** Where the controller is found, by itself and by the nodes. */
export function controllerAddress({ slot }: Place, { hosts }: ClusterOptions): string {
  return hosts === "netns" ? `10.77.${slot.number}.254` : "127.0.0.1";
}

export function nodeAddress({ slot }: Place, { hosts }: ClusterOptions, number: number): string {
  return hosts === "netns" ? `10.77.${slot.number}.${number}` : "127.0.0.1";
}

export function slurmConf(place: Place, options: ClusterOptions): string {
  const { name, folder, slot, hostname } = place;
  const { cpus = 4, memory = 4000, gpus = 0, partitions = {}, main = "MaxTime=60" } = options;
  const preempting = Object.values(partitions).some((settings) => /PriorityTier=/.test(settings));
  const lines = [
    `ClusterName=${name}`,
    `SlurmctldHost=${hostname}(${controllerAddress(place, options)})`,
    `SlurmctldPort=${slot.ports.controller}`,
    "SlurmUser=root",
    "SlurmdUser=root",
    "AuthType=auth/munge",
    `AuthInfo=socket=${folder}/munge/socket`,
    `StateSaveLocation=${folder}/state`,
    `SlurmdSpoolDir=${folder}/spool.%n`,
    `SlurmctldPidFile=${folder}/run/slurmctld.pid`,
    `SlurmdPidFile=${folder}/run/slurmd.%n.pid`,
    `SlurmctldLogFile=${folder}/log/slurmctld.log`,
    `SlurmdLogFile=${folder}/log/slurmd.%n.log`,
    "MailProg=/bin/true",
    "MpiDefault=none",
    // Neither asks for control groups, which a container may not have.
    "ProctrackType=proctrack/linuxproc",
    "TaskPlugin=task/none",
    "SelectType=select/cons_tres",
    "SelectTypeParameters=CR_Core_Memory",
    "SlurmdParameters=config_overrides", // a node may claim more than the machine has
    "SchedulerType=sched/backfill",
    "SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1,sched_min_interval=0",
    "ReturnToService=2",
    `SlurmdTimeout=${options.slurmdTimeout ?? 20}`,
    `KillWait=${options.killWait ?? 5}`,
    `MinJobAge=${options.minJobAge ?? 300}`,
    `MessageTimeout=${options.messageTimeout ?? 10}`,
    `MaxArraySize=${options.maxArraySize ?? 1001}`,
    `MaxJobCount=${options.maxJobCount ?? 10_000}`,
    "JobRequeue=1", // as everywhere: who does not want it says --no-requeue
    ...(gpus > 0 ? ["GresTypes=gpu"] : []),
    ...(preempting ? ["PreemptType=preempt/partition_prio", "PreemptMode=REQUEUE"] : []),
    ...accountingLines(place, options),
    ...nodeNames(options).map(
      (node, index) =>
        `NodeName=${node} NodeHostname=${node} NodeAddr=${nodeAddress(place, options, index + 1)} ` +
        `Port=${slot.ports.node(index + 1)} CPUs=${cpus} RealMemory=${memory}${gpus > 0 ? ` Gres=gpu:${gpus}` : ""}`,
    ),
    partitionLine("main", `Default=YES ${main}`),
    ...Object.entries(partitions).map(([partition, settings]) => partitionLine(partition, settings)),
    ...(options.extra ?? []),
  ];
  return `${lines.join("\n")}\n`;
}

function partitionLine(name: string, settings: string): string {
  return `PartitionName=${name} ${/\bNodes=/.test(settings) ? "" : "Nodes=ALL "}${settings}`;
}

function accountingLines({ slot }: Place, { accounting = false }: ClusterOptions): readonly string[] {
  if (!accounting)
    return ["AccountingStorageType=accounting_storage/none", "JobAcctGatherType=jobacct_gather/none"];
  return [
    "JobAcctGatherType=jobacct_gather/linux",
    "JobAcctGatherFrequency=task=2",
    "AccountingStorageType=accounting_storage/slurmdbd",
    "AccountingStorageHost=localhost",
    `AccountingStoragePort=${slot.ports.accounting}`,
    "AccountingStoreFlags=job_comment", // else sacct knows no comments
    "AccountingStorageEnforce=associations,limits,qos",
  ];
}
