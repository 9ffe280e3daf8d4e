// What can be known of this machine without asking anybody else.
import { rmdirSync } from "node:fs";
import type { ExecutorConfig } from "../config/config.ts";
import type { BlockSpec } from "../core/block.ts";
import { Refusal } from "../core/diagnostic.ts";
import { type Finding, finding } from "../core/finding.ts";
import { space } from "../executors/slurm/probe/node-findings.ts";
import { count, size } from "../report/amounts.ts";
import { openDataset } from "../rundir/create.ts";
import { runinfoFolder } from "../rundir/layout.ts";
import { isFolder } from "../system/durable-folder.ts";
import { type FilesystemKind, filesystemOf } from "../system/filesystem.ts";
import { findProgram } from "../system/find-program.ts";
import { freeSpace } from "../system/free-space.ts";
import { gpuNames, usableCores, usableMemory } from "../system/machine.ts";
import { isCompiled } from "../system/self-command.ts";
import type { ProgramOfBlocks } from "./doctor-targets.ts";

export interface HereQuestion {
  readonly executor: ExecutorConfig;
  readonly dataPath: string;
  readonly specs: readonly BlockSpec[];
  readonly programs: readonly ProgramOfBlocks[];
  readonly version: string;
}

/** `usable`: the dataset can be written, so that there is a place to meet with nodes. */
export function lookHere(question: HereQuestion): {
  readonly findings: readonly Finding[];
  readonly usable: boolean;
} {
  const { executor, dataPath } = question;
  const dataset = datasetFindings(dataPath, executor.kind === "slurm");
  const here = executor.kind !== "slurm";
  return {
    findings: [
      executableFinding(question),
      ...(here ? [machineFinding(question.specs)] : []),
      ...dataset.findings,
      gitFinding(),
      ...(here ? programFindings(question.programs) : []),
    ],
    usable: dataset.usable,
  };
}

function executableFinding({ executor, version }: HereQuestion): Finding {
  if (isCompiled()) {
    return finding("executable", "ok", `pipe ${version} is one executable`, {
      notes: [`it is ${process.execPath}`],
    });
  }
  const message = `pipe ${version} runs from its source`;
  if (executor.kind !== "slurm") return finding("executable", "ok", message);
  return finding("executable", "fail", `${message}, and nodes need it as one executable`, {
    hint: "`npm run build` compiles it to dist/pipe; run that",
  });
}

/** What tasks of this machine may take, and which blocks ask for more. */
function machineFinding(specs: readonly BlockSpec[]): Finding {
  const cores = usableCores();
  const memory = usableMemory();
  const gpus = gpuNames().length;
  const words = `${count(cores, "core")}, ${size(memory)} of memory, ${gpus === 0 ? "no GPU" : count(gpus, "GPU")}`;
  const larger = specs.filter(
    ({ needs }) =>
      needs.cpus > cores || needs.gpus > gpus || (needs.memory !== null && needs.memory > memory),
  );
  if (larger.length === 0) return finding("machine", "ok", `this machine has ${words}`);
  const names = larger.map((spec) => spec.name).join(", ");
  return finding(
    "machine",
    "warn",
    `this machine has ${words}, and ${names} ${larger.length === 1 ? "asks" : "ask"} for more`,
    {
      hint: "such tasks run one at a time; another executor may have room for them",
    },
  );
}

function datasetFindings(
  dataPath: string,
  nodes: boolean,
): { readonly findings: readonly Finding[]; readonly usable: boolean } {
  const before = { dataset: isFolder(dataPath), runinfo: isFolder(runinfoFolder(dataPath)) };
  try {
    openDataset(dataPath);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const findings = error.diagnostics.map((problem) =>
      finding("dataset", "fail", problem.message, {
        notes: problem.notes,
        ...(problem.hint === null ? {} : { hint: problem.hint }),
      }),
    );
    return { findings, usable: false };
  }
  const kind = filesystemOf(dataPath);
  const { bytes, inodes } = freeSpace(dataPath);
  const findings = [datasetFinding(dataPath, kind, nodes), ...space(bytes, inodes, { size })];
  // What is only looked at is left as it was.
  if (!nodes) {
    if (!before.runinfo) removeIfEmpty(runinfoFolder(dataPath));
    if (!before.dataset) removeIfEmpty(dataPath);
  }
  return { findings, usable: true };
}

function datasetFinding(dataPath: string, { name, reach }: FilesystemKind, nodes: boolean): Finding {
  const message = `the dataset folder can be written: \`${dataPath}\` (${name})`;
  switch (reach) {
    case "memory":
      return finding("dataset", "warn", message, {
        notes: ["that is memory of this machine: its content is gone when it is switched off"],
        hint: "name a folder on a disk with `--data_path`",
      });
    case "machine":
      return finding("dataset", "ok", message, {
        notes: nodes ? ["that is a disk of this machine; nodes see it only if it is shared with them"] : [],
      });
    case "network":
    case "unknown":
      return finding("dataset", "ok", message);
  }
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Somebody has put something into it meanwhile: then it is theirs.
  }
}

function gitFinding(): Finding {
  const git = findProgram("git");
  return git.kind === "found"
    ? finding("git", "ok", "git is there, so that runs write down the commit")
    : finding("git", "warn", "there is no `git`: runs cannot write down the commit that they came from", {
        hint: "install it, or load its module, before `pipe run`",
      });
}

function programFindings(wanted: readonly ProgramOfBlocks[]): readonly Finding[] {
  const looked = wanted.map((one) => ({ ...one, found: findProgram(one.program, one.PATH) }));
  const there = looked.filter(({ found }) => found.kind === "found");
  return [
    ...(there.length === 0
      ? []
      : [finding("programs", "ok", `found: ${there.map(({ program }) => program).join(", ")}`)]),
    ...looked
      .filter(({ found }) => found.kind !== "found")
      .map(({ program, blocks, found, place }) =>
        finding(
          "programs",
          "fail",
          `\`${program}\`, which ${blocks.join(", ")} needs, ${found.kind === "missing" ? "is not there" : "may not be executed"}`,
          {
            hint: program.startsWith("/")
              ? "make it executable with `chmod +x`"
              : "install it, or load its module before `pipe`; or correct the block's `requires` or `command`",
            place,
          },
        ),
      ),
  ];
}
