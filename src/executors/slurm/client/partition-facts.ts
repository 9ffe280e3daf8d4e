// What a partition has and allows: for defaults that fit its nodes, and to say what is wrong with a request before it waits
// for ever.
import { type Bytes, bytes, type Seconds } from "../../../core/ids.ts";
import { complaintOf, queryLimit, type SlurmCommands } from "./command.ts";
import { parseSpan } from "./seen-job.ts";

export interface PartitionFacts {
  readonly name: string;
  /** Whether jobs that name no partition come here. */
  readonly isDefault: boolean;
  /** `UP`, `DOWN`, `DRAIN`, `INACTIVE`. */
  readonly state: string;
  /** null: unlimited. */
  readonly maxTime: Seconds | null;
  /** null: `maxTime`. */
  readonly defaultTime: Seconds | null;
  /** The most nodes of one job; null: no limit. */
  readonly maxNodes: number | null;
  readonly nodes: number;
  /** Nodes that have the same, those with most cores first. */
  readonly classes: readonly NodeClass[];
}

export interface NodeClass {
  readonly nodes: number;
  readonly cpus: number;
  readonly memory: Bytes;
  readonly gpus: number;
  /** In Slurm's own words: `gpu:a100:4`. Empty where there is nothing. */
  readonly gres: string;
  readonly features: readonly string[];
  /** In short form, without signs: `idle`, `mixed`, `down`, `drained`. */
  readonly state: string;
}

export type PartitionAnswer =
  | { readonly kind: "answer"; readonly partition: PartitionFacts }
  /** `known` are the names there are. */
  | { readonly kind: "absent"; readonly known: readonly string[] }
  | { readonly kind: "unknown"; readonly message: string };

/** @param name null: the default one. */
export async function partitionFacts(commands: SlurmCommands, name: string | null): Promise<PartitionAnswer> {
  const [shown, listed] = await Promise.all([
    commands.run("scontrol", ["--all", "--oneliner", "show", "partition"], queryLimit),
    commands.run("sinfo", ["--all", "--noheader", `--format=${sinfoFormat}`], queryLimit),
  ]);
  if (shown.kind !== "ended" || shown.status !== 0) return { kind: "unknown", message: complaintOf(shown) };
  const partitions = parsePartitions(shown.stdout);
  const found = partitions.find((one) => (name === null ? one.isDefault : one.name === name));
  if (found === undefined) return { kind: "absent", known: partitions.map((one) => one.name) };
  const classes = listed.kind === "ended" && listed.status === 0 ? parseNodeClasses(listed.stdout) : [];
  const own = classes.filter((one) => one.partition === found.name).map(({ partition: _, ...rest }) => rest);
  return { kind: "answer", partition: { ...found, classes: own } };
}

const separator = "\x1f";
const sinfoFormat = ["%R", "%D", "%c", "%m", "%G", "%t", "%f"].join(separator);

/** One line for each, `Name=value Name=value …`; no value that is asked for has a blank in it. */
export function parsePartitions(text: string): readonly Omit<PartitionFacts, "classes">[] {
  return text
    .split("\n")
    .map((line) => {
      const values = new Map(line.split(" ").map((word): [string, string] => splitAt(word, "=")));
      const value = (name: string): string => values.get(name) ?? "";
      const maxNodes = value("MaxNodes");
      return {
        name: value("PartitionName"),
        isDefault: value("Default") === "YES",
        state: value("State"),
        maxTime: parseSpan(value("MaxTime")),
        defaultTime: parseSpan(value("DefaultTime")),
        maxNodes: /^\d+$/.test(maxNodes) ? Number(maxNodes) : null,
        nodes: Number.parseInt(value("TotalNodes"), 10) || 0,
      };
    })
    .filter(({ name }) => name !== "");
}

export function parseNodeClasses(text: string): readonly (NodeClass & { readonly partition: string })[] {
  return text
    .split("\n")
    .map((line) => line.split(separator))
    .filter((fields) => fields.length === 7)
    .map(([partition = "", nodes = "", cpus = "", memory = "", gres = "", state = "", features = ""]) => ({
      partition,
      nodes: Number.parseInt(nodes, 10) || 0,
      // `4+`: where nodes differ, the least.
      cpus: Number.parseInt(cpus, 10) || 0,
      memory: bytes((Number.parseInt(memory, 10) || 0) * 1024 * 1024),
      gpus: gpusIn(gres),
      gres: gres === "(null)" ? "" : gres,
      features: features === "(null)" ? [] : features.split(",").filter((feature) => feature !== ""),
      state: state.replace(/[^a-z]+$/i, ""),
    }))
    .sort((a, b) => b.cpus - a.cpus);
}

/** `gpu:a100:4(S:0-1),gpu:2,nvme:1` → 6 */
export function gpusIn(gres: string): number {
  const plain = gres.replace(/\([^)]*\)/g, "");
  return plain
    .split(",")
    .map((one) => one.split(":"))
    .filter(([kind]) => kind === "gpu")
    .reduce((sum, parts) => sum + (Number.parseInt(parts.at(-1) ?? "", 10) || 0), 0);
}

function splitAt(word: string, sign: string): [string, string] {
  const at = word.indexOf(sign);
  return at < 0 ? [word, ""] : [word.slice(0, at), word.slice(at + 1)];
}
