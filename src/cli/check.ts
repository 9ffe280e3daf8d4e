// `pipe check`: the types by the checker inside the executable, then everything that loading the pipeline shows. Nothing
// is run.
import { basename } from "node:path";
import { findPipeline } from "../config/find-pipeline.ts";
import { type Diagnostic, Refusal, refuse } from "../core/diagnostic.ts";
import { checkPipeline } from "../run/check-pipeline.ts";
import { exitStatus } from "./exit-status.ts";
import { typeCheck } from "./type-check.ts";

export interface CheckOptions {
  /** null: ./pipeline.ts, else ./pipe.toml. */
  readonly pipeline: string | null;
  /** true: what was found as JSON on standard output. */
  readonly json: boolean | null;
}

/** @throws Refusal with everything that is wrong, unless it is to be printed as JSON. */
export async function checkCommand(options: CheckOptions): Promise<number> {
  if (options.json !== true) {
    const { name, blocks } = await check(options.pipeline);
    process.stdout.write(`${name} has no mistakes; its blocks: ${blocks.join(", ")}\n`);
    return exitStatus.fine;
  }
  try {
    const { blocks } = await check(options.pipeline);
    printJson({ errors: [], blocks });
    return exitStatus.fine;
  } catch (error) {
    if (!(error instanceof Refusal && error.fault === "user")) throw error;
    printJson({ errors: error.diagnostics, blocks: [] });
    return exitStatus.wrong;
  }
}

async function check(named: string | null): Promise<{ name: string; blocks: readonly string[] }> {
  const pipeline = findPipeline(process.cwd(), named);
  const errors = pipeline.kind === "code" ? await typeCheck(pipeline.path) : [];
  if (errors.length > 0) throw refuse(...errors);
  const { parts } = await checkPipeline(pipeline);
  return { name: basename(pipeline.path), blocks: parts.map((part) => part.spec.name) };
}

function printJson(found: { errors: readonly Diagnostic[]; blocks: readonly string[] }): void {
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
