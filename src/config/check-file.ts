// All tables of pipe.toml: which there are, what they are called, and what holds between their keys.

import { diagnostic, type Place } from "../core/diagnostic.ts";
import { type CheckContext, checkTable, complain, complainAboutKey } from "./check-table.ts";
import {
  type BlockOverride,
  type CommandBlockEntry,
  type Config,
  type ExecutorConfig,
  noConfig,
  type Present,
} from "./config.ts";
import {
  blockTable,
  executorKinds,
  localTable,
  overrideTable,
  pipelineTable,
  runTable,
  sequentialTable,
  slurmTable,
  topTables,
} from "./keys.ts";
import type { TomlPath } from "./toml-position.ts";
import { described, isTable, type TomlTable } from "./toml-value.ts";

export function checkFile(context: CheckContext, top: TomlTable): Omit<Config, "origin" | "placeOf"> {
  for (const key of Object.keys(top)) {
    if (!Object.hasOwn(topTables, key)) complainAboutTop(context, key);
  }
  const pipeline = tableAt(context, top, "pipeline");
  const run = tableAt(context, top, "run");
  return {
    pipeline: checkTable(context, ["pipeline"], pipeline, pipelineTable) ?? noConfig.pipeline,
    run: checkTable(context, ["run"], withoutRunFlags(context, run), runTable) ?? noConfig.run,
    executors: tablesBelow(context, top, "executor").flatMap(([name, table]) =>
      checkExecutor(context, name, table),
    ),
    overrides: tablesBelow(context, top, "blocks").flatMap(([name, table]) =>
      checkOverride(context, name, table),
    ),
    blocks: checkBlocks(context, top.block),
  };
}

/** `[executors.gpu]` and a key that was meant for `[run]` are the usual ones. */
function complainAboutTop(context: CheckContext, key: string): void {
  if (Object.hasOwn(runTable, key)) {
    const entry = context.places.find([key]);
    const place = context.source.place(entry?.key ?? { offset: 0, length: 1 });
    context.found.push(
      diagnostic("unknown-key", `\`${key}\` stands outside of every table`, {
        place,
        hint: `write it below \`[run]\``,
      }),
    );
  } else complainAboutKey(context, [], key, Object.keys(topTables));
}

/** Flags that choose an executor have one key together; those that are meant for one start have none. */
function withoutRunFlags(context: CheckContext, run: TomlTable): TomlTable {
  const known: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(run)) {
    const hint = runFlagHints.get(key);
    if (hint === undefined) known[key] = given;
    else complain(context, ["run", key], "unknown-key", `\`${key}\` is a flag, and no key`, hint);
  }
  return known;
}

// In a file, `force_run_blocks` would run the same hours again at every start, with nobody saying so.
const forOneStart = (key: string): readonly [string, string] => [
  key,
  `it is meant for one start: write \`pipe run --${key}\``,
];
const runFlagHints: ReadonlyMap<string, string> = new Map([
  ["run_local", 'write `executor = "local"`'],
  ["run_sequential", 'write `executor = "sequential"`'],
  ...["disable_caching", "force_run_blocks", "do_not_retry_blocks", "accept_code"].map(forOneStart),
  ...["statistics_only", "dry_run"].map(forOneStart),
]);

function tableAt(context: CheckContext, top: TomlTable, key: "pipeline" | "run"): TomlTable {
  const given = Object.hasOwn(top, key) ? top[key] : {};
  if (isTable(given)) return given;
  const message = `\`${key}\` is ${described(given)}, but must be a table`;
  complain(context, [key], "wrong-type", message, `open it with \`[${key}]\` on a line of its own`);
  return {};
}

function tablesBelow(
  context: CheckContext,
  top: TomlTable,
  key: "executor" | "blocks",
): readonly (readonly [string, TomlTable])[] {
  const given = Object.hasOwn(top, key) ? top[key] : {};
  const hint = `open one with \`${topTables[key]}\` on a line of its own`;
  if (!isTable(given)) {
    const meant = key === "blocks" && Array.isArray(given) ? "the steps of a pipeline are `[[block]]`" : hint;
    complain(
      context,
      [key],
      "wrong-type",
      `\`${key}\` is ${described(given)}, but must be tables with names`,
      meant,
    );
    return [];
  }
  return Object.entries(given).flatMap(([name, table]) => {
    if (isTable(table)) return [[name, table] as const];
    complain(
      context,
      [key, name],
      "wrong-type",
      `\`${key}.${name}\` is ${described(table)}, but must be a table`,
      hint,
    );
    return [];
  });
}

function checkExecutor(context: CheckContext, name: string, table: TomlTable): ExecutorConfig[] {
  const path: TomlPath = ["executor", name];
  const kind = executorKinds.find((one) => one === table.kind);
  const reserved = executorKinds.find((one) => one === name);
  if (kind === undefined) {
    // Which keys are known depends on the kind; without it only the kind can be judged.
    checkTable(context, path, "kind" in table ? { kind: table.kind } : {}, sequentialTable);
    return [];
  }
  if (reserved !== undefined && reserved !== kind) {
    const message = `the executor \`${name}\` cannot be of the kind "${kind}": this name is taken by its own kind`;
    complain(
      context,
      [...path, "kind"],
      "reserved-name",
      message,
      `call it otherwise, as in \`[executor.my_${kind}]\``,
    );
    return [];
  }
  switch (kind) {
    case "sequential":
      return checkTable(context, path, table, sequentialTable) === null ? [] : [{ kind, name }];
    case "local": {
      const values = checkTable(context, path, table, localTable);
      if (values === null) return [];
      const { kind: _kind, ...options } = values;
      return [{ kind, name, options }];
    }
    case "slurm": {
      const values = checkTable(context, path, table, slurmTable);
      if (values === null) return [];
      checkPilots(context, path, values);
      const { kind: _kind, ...options } = values;
      return [{ kind, name, options }];
    }
  }
}

function checkPilots(
  context: CheckContext,
  path: TomlPath,
  {
    initPilots,
    minPilots,
    maxPilots,
  }: {
    readonly initPilots: number | null;
    readonly minPilots: number | null;
    readonly maxPilots: number | null;
  },
): void {
  for (const [key, value] of [
    ["init_pilots", initPilots],
    ["min_pilots", minPilots],
  ] as const) {
    if (value === null || maxPilots === null || value <= maxPilots) continue;
    complain(
      context,
      [...path, key],
      "out-of-range",
      `\`${key}\` is ${value}, more than \`max_pilots\`, which is ${maxPilots}`,
      null,
    );
  }
}

function checkOverride(context: CheckContext, name: string, table: TomlTable): BlockOverride[] {
  const path: TomlPath = ["blocks", name];
  const values = checkTable(context, path, table, overrideTable);
  const key = context.places.find(path)?.key ?? { offset: 0, length: 1 };
  return values === null ? [] : [{ name, values, place: context.source.place(key) }];
}

function checkBlocks(context: CheckContext, given: unknown): CommandBlockEntry[] {
  if (given === undefined) return [];
  if (!Array.isArray(given) || !given.every(isTable)) {
    const message = `\`block\` is ${described(given)}, but must be a list of tables`;
    complain(context, ["block"], "wrong-type", message, "open each step with `[[block]]`, in two brackets");
    return [];
  }
  complainAboutNames(context, given);
  return given.flatMap((table: TomlTable, index) => {
    const path: TomlPath = ["block", index];
    const values = checkTable(context, path, table, blockTable);
    if (values === null) return [];
    const { name, command, ...options } = values;
    return [{ name, argv: command, options: present(options), place: namePlace(context, path) }];
  });
}

function complainAboutNames(context: CheckContext, tables: readonly TomlTable[]): void {
  const firstLine = new Map<unknown, number>();
  for (const [index, { name }] of tables.entries()) {
    if (typeof name !== "string") continue;
    const place = namePlace(context, ["block", index]);
    const first = firstLine.get(name);
    if (first === undefined) firstLine.set(name, place.line ?? 1);
    else {
      context.found.push(
        diagnostic("block-twice", `the name ${JSON.stringify(name)} is used twice`, {
          place,
          notes: [`the first block of this name stands in line ${first}`],
          hint: "give each block a name of its own",
        }),
      );
    }
  }
}

function namePlace(context: CheckContext, path: TomlPath): Place {
  const entry = context.places.find([...path, "name"]) ?? context.places.find(path);
  return context.source.place(entry?.value ?? entry?.key ?? { offset: 0, length: 1 });
}

/** Only what was given. */
function present<T extends object>(values: T): Present<T> {
  const given = Object.entries(values).filter(([, value]) => value !== null);
  // Exactly the keys whose value is null are missing, which is what Present says.
  return Object.fromEntries(given) as Present<T>;
}
