// What a cluster shall be → slurm.conf. Everything that makes Slurm wait is as short as it allows, except the times that a
// test is about; those keep a real cluster's order (a node is given up later than a job is killed).
import { existsSync } from "node:fs";
import { mostNodes, type Slot } from "./slot.ts";

export interface ClusterOptions {
  /** n1 … nN; default 2. */
  readonly nodes?: number;
  /** Of each node, claimed whatever the machine has; default 4. */
  readonly cpus?: number;
  /** MB of each node, claimed likewise; default 4000. */
  readonly memory?: number;
  /** GPUs of each node, as far as Slurm and CUDA_VISIBLE_DEVICES know; default none. */
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
  /**
   * Jobs that take more memory than they asked for are killed (OUT_OF_MEMORY), by control groups, which must be there to be
   * written. The nodes' names then begin with the cluster's: the kernel has only one tree of groups. Default false.
   */
  readonly memoryLimits?: boolean;
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

export function nodeNames({ name }: Place, { nodes = 2, memoryLimits }: ClusterOptions): readonly string[] {
  if (nodes > mostNodes) throw new Error(`a test cluster has at most ${mostNodes} nodes`);
  const prefix = memoryLimits === true ? name : "";
  return Array.from({ length: nodes }, (_, index) => `${prefix}n${index + 1}`);
}

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
  const { memoryLimits = false } = options;
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
    // Without control groups where they are not needed: a container may not let us write them.
    `ProctrackType=proctrack/${memoryLimits ? "cgroup" : "linuxproc"}`,
    `TaskPlugin=task/${memoryLimits ? "cgroup" : "none"}`,
    "SelectType=select/cons_tres",
    "SelectTypeParameters=CR_Core_Memory",
    // Without it a job that does not speak of memory takes a whole node's, and runs there alone.
    `DefMemPerCPU=${Math.floor(memory / cpus)}`,
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
    ...nodeNames(place, options).map(
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

/**
 * Devices (each is /dev/null by another name) that Slurm hands out by their numbers and names in CUDA_VISIBLE_DEVICES.
 * Without them it would count the GPUs and tell a job nothing about which are its.
 */
export function gresConf(place: Place, options: ClusterOptions): string {
  const { folder } = place;
  const { gpus = 0 } = options;
  if (gpus === 0) return "";
  return nodeNames(place, options)
    .map((node) => `NodeName=${node} Name=gpu File=${folder}/gpu[0-${gpus - 1}]\n`)
    .join("");
}

/** Named in any case: slurmd, left to find out what there is, gives up where it finds something that it does not know. */
export function cgroupConf({ memoryLimits = false }: ClusterOptions): string {
  if (!memoryLimits) return "CgroupPlugin=cgroup/v1\n"; // of which nothing is touched then
  const version = existsSync("/sys/fs/cgroup/memory") ? "v1" : "v2";
  const limits = ["ConstrainRAMSpace=yes", "ConstrainSwapSpace=no", "ConstrainCores=no"];
  const own = version === "v1" ? "CgroupAutomount=no" : "IgnoreSystemd=yes";
  return `${[`CgroupPlugin=cgroup/${version}`, own, ...limits].join("\n")}\n`;
}

function partitionLine(name: string, settings: string): string {
  return `PartitionName=${name} ${/\bNodes=/.test(settings) ? "" : "Nodes=ALL "}${settings}`;
}

function accountingLines({ folder, slot }: Place, { accounting = false }: ClusterOptions): readonly string[] {
  if (!accounting)
    return ["AccountingStorageType=accounting_storage/none", "JobAcctGatherType=jobacct_gather/none"];
  return [
    "JobAcctGatherType=jobacct_gather/linux",
    "JobAcctGatherFrequency=task=2",
    "AccountingStorageType=accounting_storage/slurmdbd",
    "AccountingStorageHost=localhost",
    `AccountingStoragePort=${slot.ports.accounting}`,
    `AccountingStoragePass=${folder}/munge/socket`, // what it is called for munge
    "AccountingStoreFlags=job_comment", // else sacct knows no comments
    "AccountingStorageEnforce=associations,limits,qos",
  ];
}
