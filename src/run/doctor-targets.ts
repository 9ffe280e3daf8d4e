// Where the jobs of a pipeline would go: each different destination is one place to look at. And what the programs are that
// its blocks will start there.
import type { SlurmOptions } from "../config/config.ts";
import type { BlockSpec } from "../core/block.ts";
import type { Place } from "../core/diagnostic.ts";
import type { WantedProgram } from "../core/finding.ts";
import { executorOptions } from "../executors/slurm/jobs/options.ts";
import { withoutPlaceholders } from "./command-paths.ts";

export interface ProbeTarget {
  /** `partition gpu`, `the default partition`; with what tells it apart where there are several of that name. */
  readonly name: string;
  /** null: the default one. */
  readonly partition: string | null;
  readonly options: Readonly<Record<string, string>>;
  /** The blocks whose tasks go there; empty where there is no pipeline. */
  readonly blocks: readonly BlockSpec[];
}

/** What a job says about where it runs and for whom. */
const destination = ["partition", "account", "qos", "constraint", "reservation", "clusters"] as const;

/** One per destination; the executor's own where no block says otherwise. */
export function probeTargets(settings: SlurmOptions, specs: readonly BlockSpec[]): readonly ProbeTarget[] {
  const own = executorOptions(settings);
  const groups = new Map<string, { options: Readonly<Record<string, string>>; blocks: BlockSpec[] }>();
  for (const spec of specs) {
    const options = { ...own, ...spec.executorOptions };
    const key = JSON.stringify(destination.map((name) => options[name] ?? null));
    const group = groups.get(key) ?? { options, blocks: [] };
    group.blocks.push(spec);
    groups.set(key, group);
  }
  if (groups.size === 0) groups.set("", { options: own, blocks: [] });
  const targets = [...groups.values()];
  return targets.map(({ options, blocks }) => {
    const partition = options.partition ?? null;
    const alike = targets.filter((one) => (one.options.partition ?? null) === partition);
    const plain = partition === null ? "the default partition" : `partition ${partition}`;
    const further = destination
      .filter((name) => name !== "partition" && new Set(alike.map((one) => one.options[name])).size > 1)
      .map((name) => `${name} ${options[name] ?? "not set"}`);
    return { name: [plain, ...further].join(", "), partition, options, blocks };
  });
}

export interface ProgramOfBlocks extends WantedProgram {
  /** The PATH that the blocks set themselves; null: that of the worker. */
  readonly PATH: string | null;
}

/** What `requires` names, and what commands begin with; each once. */
export function wantedPrograms(
  specs: readonly BlockSpec[],
  placeOf: (spec: BlockSpec) => Place | null,
): readonly ProgramOfBlocks[] {
  const wanted = new Map<string, ProgramOfBlocks & { blocks: string[] }>();
  for (const spec of specs) {
    const PATH = spec.environment.PATH ?? null;
    for (const program of programsOf(spec)) {
      const key = `${PATH ?? ""}\0${program}`;
      const known = wanted.get(key) ?? { program, PATH, blocks: [], place: placeOf(spec) };
      if (!known.blocks.includes(spec.name)) known.blocks.push(spec.name);
      wanted.set(key, known);
    }
  }
  return [...wanted.values()];
}

function programsOf(spec: BlockSpec): readonly string[] {
  const { kind } = spec;
  const first = kind.kind === "code" ? null : withoutPlaceholders(kind.argv[0] ?? "");
  // A path that is neither absolute nor a mere name is looked for in a sample's folder.
  const command = first === null || (first.includes("/") && !first.startsWith("/")) ? [] : [first];
  return [...spec.requires, ...command];
}
