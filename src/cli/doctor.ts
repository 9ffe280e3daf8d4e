// `pipe doctor`: flags in, one look around, words out.
import { resolve } from "node:path";
import { loadFolderConfig } from "../config/find-pipeline.ts";
import { noRunFlags, resolveSettings } from "../config/resolve.ts";
import { Refusal } from "../core/diagnostic.ts";
import { version } from "../generated/version.ts";
import { coloursWanted } from "../report/colour.ts";
import { createDoctorProgress } from "../report/doctor-progress.ts";
import { doctorJson, sayDoctor, worst } from "../report/say-doctor.ts";
import { type DoctorQuestion, defaultTimeout, doctor } from "../run/doctor.ts";
import { listenForInterrupts } from "../run/interrupts.ts";
import { checkRequest } from "../run/prepare.ts";
import { exitStatus } from "./exit-status.ts";
import type { DoctorValues } from "./flags/doctor.ts";

export async function doctorCommand(values: DoctorValues): Promise<number> {
  if (values.probe !== null) {
    const { answerDoctor } = await import("../run/doctor-node.ts");
    return await answerDoctor(resolve(values.probe), version);
  }
  const cwd = process.cwd();
  const flags = { ...noRunFlags, dataPath: values.dataPath, executor: values.executor };
  const question = await whatIsAsked(values, flags, cwd);
  const { stderr, stdout } = process;
  const colours = (stream: { readonly isTTY?: boolean }): boolean =>
    coloursWanted({ flag: values.color, isTerminal: stream.isTTY === true, environment: process.env });
  const progress = createDoctorProgress({
    stream: stderr,
    live: stderr.isTTY === true,
    colours: colours(stderr),
  });
  const abort = new AbortController();
  const stopListening = listenForInterrupts(() => abort.abort());
  const terms = {
    timeout: values.timeout ?? defaultTimeout,
    signal: abort.signal,
    tell: progress.tell,
    version,
  };
  try {
    const report = await doctor({ ...question, ...terms });
    progress.close();
    const detail = values.verbose ? "all" : "problems";
    const text = values.json
      ? JSON.stringify(doctorJson(report), null, 1)
      : sayDoctor(report, { colours: colours(stdout), detail, workingFolder: cwd });
    stdout.write(`${text}\n`);
    if (abort.signal.aborted) return exitStatus.interrupted;
    switch (worst(report)) {
      case "unable":
        return exitStatus.unable;
      case "fail":
        return exitStatus.taskFailed;
      default:
        return exitStatus.fine;
    }
  } finally {
    progress.close();
    stopListening();
  }
}

type Asked = Pick<DoctorQuestion, "executor" | "dataPath" | "config" | "pipeline" | "specs" | "placeOf">;

/** A folder without a pipeline is looked at too: who has just copied the executable has none yet. */
async function whatIsAsked(values: DoctorValues, flags: typeof noRunFlags, cwd: string): Promise<Asked> {
  try {
    using checked = await checkRequest({ pipeline: values.pipeline, flags, cwd });
    const { settings, config, specs, pipeline, file } = checked;
    const { executor, dataPath } = settings;
    // Blocks of a pipe.toml stand there; those of code where they were appended.
    const placeOf: Asked["placeOf"] = (spec) =>
      file.kind === "toml"
        ? (config.placeOf(["block", specs.indexOf(spec), "requires"]) ??
          config.blocks[specs.indexOf(spec)]?.place ??
          null)
        : pipeline.placeOfPart(specs.indexOf(spec));
    return { executor, dataPath, config, specs, placeOf, pipeline: file.path };
  } catch (error) {
    const none = error instanceof Refusal && error.diagnostics.every(({ code }) => code === "no-pipeline");
    if (!none || values.pipeline !== null) throw error;
  }
  const config = await loadFolderConfig(cwd);
  const { executor, dataPath } = resolveSettings({ flags, config, pipeline: { seed: 0 }, cwd });
  return { executor, dataPath, config, specs: [], placeOf: () => null, pipeline: null };
}
