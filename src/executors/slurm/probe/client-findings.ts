// Whether Slurm can be spoken to from this machine, and whether a partition has what the configuration asks of it. Known
// before any job is submitted, and in plainer words than Slurm's own.
import type { Place } from "../../../core/diagnostic.ts";
import { type Finding, finding } from "../../../core/finding.ts";
import { nearest } from "../../../core/nearest.ts";
import type { ClusterFacts } from "../client/cluster-facts.ts";
import { clusterFacts } from "../client/cluster-facts.ts";
import type { SlurmCommands, SlurmProgram } from "../client/command.ts";
import { type PartitionAnswer, type PartitionFacts, partitionFacts } from "../client/partition-facts.ts";

const needed: readonly SlurmProgram[] = ["sbatch", "squeue", "scancel", "scontrol", "sinfo"];

export interface ClientLook {
  readonly findings: readonly Finding[];
  /** Whether jobs can be submitted from here. */
  readonly usable: boolean;
  readonly facts: ClusterFacts | null;
}

/** @param PATH where programs are looked for. */
export async function lookAtClient(commands: SlurmCommands, PATH: string): Promise<ClientLook> {
  const missing = needed.filter((program) => Bun.which(program, { PATH }) === null);
  if (missing.length > 0) {
    const all = missing.length === needed.length;
    const message = all
      ? "there is no Slurm on this machine"
      : `Slurm is not whole on this machine: there is no ${missing.map((one) => `\`${one}\``).join(", ")}`;
    const hint = all
      ? "log in where jobs are submitted, or load the cluster's Slurm module; `pipe doctor --executor local` checks this machine alone, `pipe run --run_local` runs on it"
      : "load the cluster's Slurm module, or ask its administrators";
    return { findings: [finding("slurm", "unable", message, { hint })], usable: false, facts: null };
  }
  const answer = await clusterFacts(commands);
  if (answer.kind === "unknown") {
    const silent = finding("slurm", "unable", "Slurm's controller does not answer", {
      notes: [`Slurm said: ${answer.message}`],
      hint: "try again in some minutes; `scontrol ping` shows whether it answers",
    });
    return { findings: [silent], usable: false, facts: null };
  }
  return { findings: [clusterFinding(answer.facts)], usable: true, facts: answer.facts };
}

function clusterFinding(facts: ClusterFacts): Finding {
  const { name, version, accounting, maxArraySize, minJobAge, killWait } = facts;
  const notes = [
    accounting
      ? "it keeps accounts (`sacct`), so that jobs are remembered"
      : `it keeps no accounts: jobs that are over are forgotten after ${minJobAge ?? "some"} s`,
    ...(maxArraySize === null ? [] : [`an array may have indices up to ${maxArraySize - 1}`]),
    ...(killWait === null ? [] : [`processes have ${killWait} s between SIGTERM and SIGKILL`]),
  ];
  return finding("slurm", "ok", `Slurm ${version ?? "of unknown version"} answers (cluster ${name ?? "?"})`, {
    notes,
  });
}

/** What a job asks for at most; null where it does not say. */
export interface Wanted {
  /** null: the default one. */
  readonly partition: string | null;
  /** Seconds. */
  readonly walltime: number | null;
  readonly cores: number | null;
  /** Bytes. */
  readonly memory: number | null;
  readonly gpus: number;
}

export interface WantedWords {
  readonly executor: string;
  readonly place: Place | null;
  readonly duration: (seconds: number) => string;
  readonly size: (bytes: number) => string;
}

export interface PartitionLook {
  readonly findings: readonly Finding[];
  /** Whether it makes sense to submit a job there. */
  readonly usable: boolean;
  readonly facts: PartitionFacts | null;
}

export async function lookAtPartition(
  commands: SlurmCommands,
  wanted: Wanted,
  words: WantedWords,
): Promise<PartitionLook> {
  // A list of partitions is Slurm's to choose from.
  if (wanted.partition?.includes(",") === true) return { findings: [], usable: true, facts: null };
  return partitionLook(await partitionFacts(commands, wanted.partition), wanted, words);
}

export function partitionLook(answer: PartitionAnswer, wanted: Wanted, words: WantedWords): PartitionLook {
  switch (answer.kind) {
    case "unknown":
      return { findings: [], usable: true, facts: null };
    case "absent":
      return { findings: [absent(answer.known, wanted, words)], usable: false, facts: null };
    case "answer":
      return {
        findings: mismatches(answer.partition, wanted, words),
        usable: answer.partition.state === "UP",
        facts: answer.partition,
      };
  }
}

function absent(known: readonly string[], { partition }: Wanted, { executor, place }: WantedWords): Finding {
  const list = `the cluster has: ${known.join(", ")}`;
  if (partition === null) {
    return finding("partition", "unable", "no partition is asked for, and the cluster has no default one", {
      notes: [list],
      hint: `set \`partition\` under \`[executor.${executor}]\` in pipe.toml`,
      place,
    });
  }
  const near = nearest(partition, known);
  return finding("partition", "unable", `the cluster has no partition \`${partition}\``, {
    notes: [list],
    hint:
      near === null
        ? `change \`partition\` under \`[executor.${executor}]\` in pipe.toml, or of the block`
        : `did you mean \`partition = "${near}"\`?`,
    place,
  });
}

function mismatches(facts: PartitionFacts, wanted: Wanted, words: WantedWords): readonly Finding[] {
  const { executor, place, duration, size } = words;
  const change = (key: string): string =>
    `lower \`${key}\` under \`[executor.${executor}]\` in pipe.toml, or of the block`;
  const most = (of: (one: PartitionFacts["classes"][number]) => number): number =>
    Math.max(0, ...facts.classes.map(of));
  const too = (what: string, key: string): Finding =>
    finding("partition", "fail", `${what}: such jobs would never start`, { hint: change(key), place });
  const { walltime, cores, memory, gpus } = wanted;
  const known = facts.classes.length > 0;
  return [
    ...(facts.state === "UP"
      ? []
      : [
          finding("partition", "unable", `the partition is ${facts.state.toLowerCase()}`, {
            hint: "wait until it is up, or choose another `partition`: `sinfo --summarize` lists them",
            place,
          }),
        ]),
    ...(walltime !== null && facts.maxTime !== null && walltime > facts.maxTime
      ? [
          too(
            `jobs are to last ${duration(walltime)}, and the partition allows ${duration(facts.maxTime)}`,
            "walltime",
          ),
        ]
      : []),
    ...(known && cores !== null && cores > most((one) => one.cpus)
      ? [
          too(
            `${cores} cores of a node are asked for, and its nodes have ${most((one) => one.cpus)}`,
            "cores_per_node",
          ),
        ]
      : []),
    ...(known && memory !== null && memory > most((one) => one.memory)
      ? [
          too(
            `${size(memory)} of memory are asked for, and its nodes have ${size(most((one) => one.memory))}`,
            "memory_per_node",
          ),
        ]
      : []),
    ...(known && gpus > most((one) => one.gpus)
      ? [
          too(
            `${gpus} GPUs of a node are asked for, and its nodes have ${most((one) => one.gpus)}`,
            "gpus_per_node",
          ),
        ]
      : []),
  ];
}
