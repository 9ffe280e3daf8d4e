// `pipe explain`, and what `pipe run --dry_run` prints: the verdicts that a run would begin with, in words.
import { noRunFlags } from "../config/resolve.ts";
import { diagnostic, refuse } from "../core/diagnostic.ts";
import type { BlockName } from "../core/ids.ts";
import { coloursWanted, palette } from "../report/colour.ts";
import {
  explanationJson,
  sayCounts,
  sayExplanation,
  sayOneTask,
  sayTask,
  taskJson,
} from "../report/explain.ts";
import { sayWarning } from "../report/tell-event.ts";
import type { ExplainedTask } from "../report/told-verdict.ts";
import { VerdictGroups } from "../report/verdict-groups.ts";
import { planToExplain } from "../run/explain-plan.ts";
import { type Explained, explainRun } from "../run/judge-all.ts";
import { checkRequest } from "../run/prepare.ts";
import { exitStatus } from "./exit-status.ts";
import type { ExplainValues } from "./flags/explain.ts";

export async function explainCommand(values: ExplainValues): Promise<number> {
  const { pipeline, dataPath, samples, seed, verify, verbose, json, color } = values;
  refuseTwoChoices(values);
  // What pipe.toml says of how a run is shown is not meant for this.
  const shown = { quiet: false, verbose: verbose ?? false, json: json ?? false, color };
  const flags = { ...noRunFlags, dataPath, samples, seed, verify, ...shown, runLocal: true };
  using checked = await checkRequest({ pipeline, flags, cwd: process.cwd() });
  const { plan, block, one } = planToExplain(checked, values);
  const { output } = checked.settings;
  const { tasks, warning } = await explainRun(checked, plan);
  const order = plan.blocks.map(({ name }) => name);
  tellDamage(warning, output);
  if (one) printOne(only(tasks, block), output);
  else {
    printAll(block === null ? tasks : those(tasks, block), {
      ...{ ...output, order },
      flags: [
        ...(dataPath === null ? [] : ["--data_path", dataPath]),
        ...(pipeline === null ? [] : ["--pipeline", pipeline]),
        ...(seed === null ? [] : ["--seed", String(seed)]),
      ],
    });
  }
  return exitStatus.fine;
}

/** What is lost is told as never run: nobody should wonder why. */
export function tellDamage(warning: Explained["warning"], { color }: Output): void {
  if (warning === null) return;
  const wanted = { flag: color, isTerminal: process.stderr.isTTY === true, environment: process.env };
  process.stderr.write(`${sayWarning(warning, palette(coloursWanted(wanted)))}\n`);
}

interface Output {
  readonly json: boolean;
  readonly detail: "quiet" | "normal" | "verbose";
  readonly color: boolean | null;
}

/** @param options.flags what makes `pipe explain` find the same pipeline and dataset. */
export function printAll(
  explained: Iterable<ExplainedTask>,
  options: Output & { readonly order: readonly BlockName[]; readonly flags: readonly string[] },
): void {
  const { order, flags, json, detail } = options;
  const groups = new VerdictGroups(order);
  for (const one of explained) {
    groups.add(one);
    if (detail === "verbose" && !json) process.stdout.write(`${sayTask(one)}\n`);
  }
  const text = json
    ? JSON.stringify(explanationJson(groups))
    : detail === "quiet"
      ? sayCounts(groups)
      : sayExplanation(groups, { colours: colours(options), flags });
  process.stdout.write(`${text}\n`);
}

function refuseTwoChoices({ sample, samples }: ExplainValues): void {
  if (sample === null || samples === null) return;
  throw refuse(
    diagnostic("contradiction", "SAMPLE and `--samples` are both given", { hint: "leave one of them out" }),
  );
}

function printOne(explained: ExplainedTask, output: Output): void {
  const text = output.json
    ? JSON.stringify(taskJson(explained))
    : sayOneTask(explained, palette(colours(output)));
  process.stdout.write(`${text}\n`);
}

function only(explained: Iterable<ExplainedTask>, block: BlockName | null): ExplainedTask {
  for (const one of explained) if (one.task.block === block) return one;
  throw new Error(`no verdict on ${block}`);
}

function* those(explained: Iterable<ExplainedTask>, block: BlockName): Iterable<ExplainedTask> {
  for (const one of explained) if (one.task.block === block) yield one;
}

const colours = ({ color }: Output): boolean =>
  coloursWanted({ flag: color, isTerminal: process.stdout.isTTY === true, environment: process.env });
