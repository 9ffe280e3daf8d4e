// `pipe clean`: shows what can go, and deletes it with `--yes`.
import { findDataPath, noRunFlags } from "../config/resolve.ts";
import type { BlockName } from "../core/ids.ts";
import { shellCommand } from "../core/shell-word.ts";
import { coloursWanted } from "../report/colour.ts";
import { cleanJson, sayClean } from "../report/say-clean.ts";
import { clean } from "../run/clean.ts";
import { checkRequest } from "../run/prepare.ts";
import { exitStatus } from "./exit-status.ts";
import type { CleanValues } from "./flags/clean.ts";

export async function cleanCommand(values: CleanValues): Promise<number> {
  const cwd = process.cwd();
  const { dataPath, blocks } = await whatIsThere(values, cwd);
  const { olderThan, keepRuns, logs, removedBlocks, yes, json, color } = values;
  const commandLine = process.argv.slice(2);
  const facts = await clean({
    ...{ dataPath, logs, blocks, commandLine, how: yes ? "delete" : "show" },
    runs: { olderThan, keep: keepRuns },
  });
  const state = yes ? "done" : "planned";
  const text = json
    ? JSON.stringify(cleanJson(facts, state))
    : sayClean(facts, {
        state,
        colours: coloursWanted({
          flag: color,
          isTerminal: process.stdout.isTTY === true,
          environment: process.env,
        }),
        workingFolder: cwd,
        command: shellCommand(["pipe", ...commandLine, "--yes"]),
        further: [
          ...(olderThan === null && keepRuns === null ? ["--older_than 30d", "--keep_runs 3"] : []),
          ...(logs ? [] : ["--logs"]),
          ...(removedBlocks ? [] : ["--removed_blocks"]),
        ],
      });
  process.stdout.write(`${text}\n`);
  return exitStatus.fine;
}

/** The pipeline is only asked where it matters: a dataset can be cleaned without it. */
async function whatIsThere(
  { dataPath, pipeline, removedBlocks }: CleanValues,
  cwd: string,
): Promise<{ readonly dataPath: string; readonly blocks: readonly BlockName[] | null }> {
  if (!removedBlocks && pipeline === null) {
    return { dataPath: await findDataPath(dataPath, cwd), blocks: null };
  }
  using checked = await checkRequest({ pipeline, flags: { ...noRunFlags, dataPath, runLocal: true }, cwd });
  const blocks = removedBlocks ? checked.specs.map(({ name }) => name) : null;
  return { dataPath: checked.settings.dataPath, blocks };
}
