// `pipe doctor`: this machine first, then Slurm, then one probe job for each destination, side by side. What one of them
// finds does not keep the others from looking.
import { join } from "node:path";
import type { Config, ExecutorConfig } from "../config/config.ts";
import type { BlockSpec } from "../core/block.ts";
import { type Place, Refusal } from "../core/diagnostic.ts";
import { type Finding, finding } from "../core/finding.ts";
import { type Seconds, seconds } from "../core/ids.ts";
import type { Json } from "../core/json.ts";
import { type SlurmCommands, slurmCommands } from "../executors/slurm/client/command.ts";
import { submissionKey } from "../executors/slurm/client/submission-key.ts";
import { type StagedExecutable, stageExecutable } from "../executors/slurm/jobs/staging.ts";
import { lookAtClient, lookAtPartition } from "../executors/slurm/probe/client-findings.ts";
import { probeFindings } from "../executors/slurm/probe/probe-findings.ts";
import { runProbe } from "../executors/slurm/probe/probe-job.ts";
import type { ProbeOutcome, ProbeProgress } from "../executors/slurm/probe/probe-outcome.ts";
import { defaultPatience, type ProbeJob } from "../executors/slurm/probe/probe-script.ts";
import { duration, size } from "../report/amounts.ts";
import type { DoctorPlace, DoctorReport } from "../report/say-doctor.ts";
import { datasetRefusal } from "../rundir/dataset-refusal.ts";
import { doctorFolder } from "../rundir/layout.ts";
import { createDurable } from "../system/durable-file.ts";
import { listFolder, makeFolders, removeFolder } from "../system/durable-folder.ts";
import { FileError, isFileError } from "../system/file-error.ts";
import { hostName } from "../system/host.ts";
import { nonce } from "../system/nonce.ts";
import { lookHere } from "./doctor-here.ts";
import { type ProbeTarget, probeTargets, wantedPrograms } from "./doctor-targets.ts";

export interface DoctorQuestion {
  readonly executor: ExecutorConfig;
  /** Absolute. */
  readonly dataPath: string;
  readonly config: Config;
  /** null: there is none; the machine is looked at all the same. */
  readonly pipeline: string | null;
  readonly specs: readonly BlockSpec[];
  readonly placeOf: (spec: BlockSpec) => Place | null;
  readonly version: string;
  /** How long a probe may wait for a node. */
  readonly timeout: Seconds;
  readonly signal: AbortSignal;
  readonly tell: (target: string, progress: ProbeProgress) => void;
}

type SlurmExecutor = Extract<ExecutorConfig, { kind: "slurm" }>;

export async function doctor(question: DoctorQuestion): Promise<DoctorReport> {
  const { executor, dataPath, specs, placeOf, version, pipeline } = question;
  const programs = wantedPrograms(specs, placeOf);
  const here = lookHere({ executor, dataPath, specs, programs, version });
  const places: DoctorPlace[] = [
    { name: `this machine (${hostName()})`, findings: here.findings, kept: null, facts: {} },
  ];
  if (executor.kind === "slurm") places.push(...(await lookAtSlurm(question, executor, here.usable)));
  return { dataset: dataPath, pipeline, executor: { name: executor.name, kind: executor.kind }, places };
}

async function lookAtSlurm(
  question: DoctorQuestion,
  executor: SlurmExecutor,
  usable: boolean,
): Promise<readonly DoctorPlace[]> {
  const commands = slurmCommands(process.env);
  const client = await lookAtClient(commands, process.env.PATH ?? "");
  const slurm: DoctorPlace = { name: "Slurm", findings: client.findings, kept: null, facts: {} };
  if (!client.usable || !usable) return [slurm];
  const staged = stagedOr(question.dataPath);
  if (!("path" in staged)) return [{ ...slurm, findings: [...client.findings, staged] }];
  forgetOthers(question.dataPath);
  const meeting = join(doctorFolder(question.dataPath), nonce());
  const targets = probeTargets(executor.options, question.specs);
  const looks = await Promise.all(
    targets.map((target, at) =>
      lookSafely(question, {
        executor,
        commands,
        target,
        staged,
        folder: join(meeting, `p${at}`),
        slot: `p${at}`,
      }),
    ),
  );
  // What went wrong can be looked at, until the next time: the scripts, and what they printed.
  if (looks.every(({ well }) => well)) clearUp(question.dataPath, meeting);
  else leaveTraces(meeting);
  return [slurm, ...looks.map(({ place }) => place)];
}

function stagedOr(dataPath: string): StagedExecutable | Finding {
  try {
    return stageExecutable(dataPath);
  } catch (error) {
    if (error instanceof Refusal) {
      const [first] = error.diagnostics;
      return finding("executable", "fail", first?.message ?? error.message, {
        notes: first?.notes ?? [],
        ...(first?.hint == null ? {} : { hint: first.hint }),
      });
    }
    if (error instanceof FileError) {
      return finding("executable", "fail", `the executable cannot be staged for the nodes: ${error.message}`);
    }
    throw error;
  }
}

interface There {
  readonly executor: SlurmExecutor;
  readonly commands: SlurmCommands;
  readonly target: ProbeTarget;
  readonly staged: StagedExecutable;
  readonly folder: string;
  readonly slot: string;
}

/** A disk that is full in the middle is a finding too, and no reason to leave the other probes alone. */
async function lookSafely(question: DoctorQuestion, there: There): ReturnType<typeof lookThere> {
  try {
    return await lookThere(question, there);
  } catch (error) {
    if (!isFileError(error)) throw error;
    const [problem] = datasetRefusal(question.dataPath, error).diagnostics;
    const told = finding("dataset", "fail", problem?.message ?? error.message, {
      notes: problem?.notes ?? [],
      ...(problem?.hint == null ? {} : { hint: problem.hint }),
    });
    return {
      place: { name: there.target.name, findings: [told], kept: there.folder, facts: {} },
      well: false,
    };
  }
}

async function lookThere(
  question: DoctorQuestion,
  { executor, commands, target, staged, folder, slot }: There,
): Promise<{ readonly place: DoctorPlace; readonly well: boolean }> {
  const { config, dataPath, placeOf } = question;
  const { options } = executor;
  const at = (key: string): Place | null => config.placeOf(["executor", executor.name, key]);
  const partitionPlace = placeOfOption(question, target, "partition") ?? at("partition");
  const blocks = target.blocks;
  const most = (values: readonly (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  };
  const gpus = most([options.gpusPerNode, ...blocks.map(({ needs }) => needs.gpus)]) ?? 0;
  const words = { executor: executor.name, duration, size };
  const partition = await lookAtPartition(
    commands,
    {
      partition: target.partition,
      walltime: most([options.walltime, ...blocks.map(({ needs }) => needs.time)]),
      cores: most([options.coresPerNode, ...blocks.map(({ needs }) => needs.cpus)]),
      memory: most([options.memoryPerNode, ...blocks.map(({ needs }) => needs.memory)]),
      gpus,
    },
    { ...words, place: partitionPlace },
  );
  if (!partition.usable)
    return { place: { name: target.name, findings: partition.findings, kept: null, facts: {} }, well: true };
  const mark = nonce();
  const job: ProbeJob = {
    ...{ folder, dataPath, staged, nonce: mark, options: target.options, gpu: gpus > 0 },
    key: submissionKey(`doctor${mark.slice(0, 8)}`, slot),
    init: options.workerInit ?? [],
    programs: wantedPrograms(blocks, placeOf),
    patience: defaultPatience,
  };
  const outcome = await runProbe(job, {
    ...{ commands, user: process.getuid?.() ?? 0, timeout: question.timeout, signal: question.signal },
    tell: (progress) => question.tell(target.name, progress),
  });
  const found = probeFindings(job, outcome, {
    ...words,
    ...{ initPlace: at("worker_init"), optionsPlace: partitionPlace, here: hostName() },
  });
  const findings = [...partition.findings, ...found];
  const well = findings.every(({ verdict }) => verdict === "ok" || verdict === "warn");
  const name = outcome.kind === "answered" ? `${target.name} (${outcome.answer.node})` : target.name;
  const kept = well ? null : folder;
  return { place: { name, findings, kept, facts: factsOf(target, outcome) }, well };
}

/** The line that sends a block there; null where no block says so itself. */
function placeOfOption(
  { config, placeOf }: DoctorQuestion,
  { blocks }: ProbeTarget,
  key: string,
): Place | null {
  const own = blocks.find(({ executorOptions }) => executorOptions[key] !== undefined);
  if (own === undefined) return null;
  const written = config.blocks.findIndex(({ name }) => name === own.type);
  return (
    config.placeOf(["blocks", own.name, key]) ??
    config.placeOf(["blocks", own.type, key]) ??
    config.placeOf(["block", written, key]) ??
    placeOf(own)
  );
}

/** For `--json`: what was measured. */
function factsOf(target: ProbeTarget, outcome: ProbeOutcome): Readonly<Record<string, Json>> {
  const base = {
    partition: target.partition,
    outcome: outcome.kind,
    job: "job" in outcome ? outcome.job : null,
  };
  if (outcome.kind !== "answered") return base;
  const { node, filesystem, free, inodes, cpus, memory, gpus } = outcome.answer;
  const best = outcome.trips.toSorted((a, b) => a.seconds - b.seconds)[0];
  return {
    ...base,
    ...{ node, filesystem, free_bytes: free, free_inodes: inodes, cpus, memory, gpus },
    round_trip_seconds: outcome.trips.map((trip) => trip.seconds),
    clock_ahead_seconds: best?.clockAhead ?? null,
    programs: outcome.answer.programs.map(({ program, found }) => ({ program, found })),
  };
}

/** Earlier ones that are over; another one may be going on. */
function forgetOthers(dataPath: string): void {
  const folder = doctorFolder(dataPath);
  const meetings = listFolder(folder);
  if (meetings === "missing") return;
  for (const name of meetings) {
    const inside = listFolder(join(folder, name));
    if (inside !== "missing" && inside.includes(overName)) clearUp(dataPath, join(folder, name));
  }
}

function leaveTraces(meeting: string): void {
  makeFolders(meeting);
  createDurable(join(meeting, overName), "");
}

const overName = "over";

/** This meeting's folder, and the one above when it is empty. */
function clearUp(dataPath: string, meeting: string): void {
  try {
    removeFolder(meeting);
    const left = listFolder(doctorFolder(dataPath));
    if (left !== "missing" && left.length === 0) removeFolder(doctorFolder(dataPath));
  } catch (error) {
    // A node that still has a file of it open hides it under another name on NFS; the next doctor finds it there.
    if (!isFileError(error)) throw error;
  }
}

/** Long enough for a cluster that is not full. */
export const defaultTimeout: Seconds = seconds(300);
