// From a configured executor to one that can be driven, and what its tasks may take there. The registry knows how to
// make one; this knows what a run has to give it.
import type { ExecutorConfig } from "../config/config.ts";
import type { Seconds } from "../core/ids.ts";
import { never } from "../core/never.ts";
import { failed } from "../core/outcome.ts";
import { type Capacity, clampTo, type Resources } from "../core/resources.ts";
import type { Executor } from "../executors/executor.ts";
import { executorKinds } from "../executors/registry.ts";
import { slurmRefusal } from "../executors/slurm/client/no-slurm.ts";
import type { EarlierRuns } from "../executors/slurm/pilots/adoption.ts";
import type { Plan } from "../plan/plan.ts";
import { count, size } from "../report/amounts.ts";
import type { RunFolder } from "../rundir/runs.ts";
import type { Prefetch } from "../scheduler/durations.ts";
import { clusterPrefetch, defaultPrefetch, noPrefetch } from "../scheduler/scheduler.ts";
import { hostName } from "../system/host.ts";
import { gpuNames, usableCores, usableMemory } from "../system/machine.ts";
import { selfCommand } from "../system/self-command.ts";
import { unbegun } from "../worker/run-task.ts";
import { EndNow } from "../worker/task-runner.ts";
import type { CheckedRequest } from "./prepare.ts";
import { createSequentialRunner } from "./sequential-runner.ts";
import { slurmExecutor } from "./slurm-executor.ts";
import { kindsFor, pilotSettings } from "./slurm-settings.ts";
import { usualCoresFor } from "./usual-cores.ts";

export interface ReadyExecutor {
  readonly executor: Executor;
  /** By block: what a task of it may take there. */
  readonly needs: readonly Resources[];
  /** By block: what it takes in the scheduler's account. */
  readonly counted: readonly Resources[];
  /** By block: the kind of place that its tasks need; the same for all where it is not said. */
  readonly kinds?: readonly number[];
  /** How many samples to ask about beyond those that could begin now: as many as it could get places for. */
  readonly lookAhead?: number;
  /** How much it may be given ahead. */
  readonly prefetch: Prefetch;
  readonly warnings: readonly { readonly message: string; readonly hint: string | null }[];
}

/** @throws Refusal where this machine cannot use it, or it could never run these blocks: before anything is on the disk. */
export async function refuseUnusableExecutor(executor: ExecutorConfig, plan: Plan): Promise<void> {
  if (executor.kind !== "slurm") return;
  const refusal = slurmRefusal();
  if (refusal !== null) throw refusal;
  // There are no pilots that a block would have to fit.
  if (executor.options.mode === "array") return;
  const usual = await usualCoresFor(executor, plan.blocks);
  kindsFor(plan.blocks, pilotSettings(executor.options, usual), executor.name);
}

export async function executorFor(what: {
  readonly checked: CheckedRequest;
  readonly plan: Plan;
  readonly run: RunFolder;
  readonly grace: Seconds;
  /** Runs whose launchers are gone, and whose workers may live. */
  readonly earlier: EarlierRuns;
}): Promise<ReadyExecutor> {
  const { settings, pipeline } = what.checked;
  const runFolder = what.run.path;
  switch (settings.executor.kind) {
    case "sequential": {
      const machine = machineFor(what.plan, usableCores());
      const { dataPath, seed } = settings;
      const runner = createSequentialRunner({ pipeline, runFolder, dataPath, seed, grace: what.grace });
      const executor = await executorKinds.sequential({
        // Whatever a task may use, it is the only one: a second one given ahead would run after Ctrl-C.
        ...{ runner, capacity: { ...machine.capacity, cpus: 1 }, host: hostName() },
        unbegun: (assignment) => unbegun(assignment, failed({ kind: "cancelled" })),
        endNow: (grace) => new EndNow(grace),
      });
      const fitted = cutToFit(what.plan, machine);
      // "In order" means it: what is given ahead of a slow verdict would be of another sample.
      const counted = fitted.needs.map((need) => ({ ...need, cpus: 1 }));
      return { executor, ...fitted, counted, prefetch: noPrefetch };
    }
    case "local": {
      const maxProcesses = settings.maxProcesses ?? usableCores();
      const machine = machineFor(what.plan, maxProcesses);
      const executor = await executorKinds.local({
        ...{ maxProcesses, capacity: machine.capacity, gpus: machine.gpus, runFolder, seed: settings.seed },
        ...{ selfCommand: selfCommand(), host: hostName(), environment: process.env },
      });
      const fitted = cutToFit(what.plan, machine);
      return { executor, ...fitted, counted: fitted.needs, prefetch: defaultPrefetch };
    }
    case "slurm": {
      const { executor: config, dataPath, seed } = settings;
      const usual = await usualCoresFor(config, what.plan.blocks);
      const pilots = pilotSettings(config.options, usual);
      const kinds = kindsFor(what.plan.blocks, pilots, config.name);
      const { run, earlier } = what;
      const executor = await slurmExecutor({ pilots, kinds, dataPath, seed, run, earlier });
      const needs = what.plan.blocks.map((block) => block.needs);
      const { maxPilots, nodesPerPilot } = pilots;
      const cores = Math.max(...kinds.kinds.map(({ perNode }) => perNode.cpus));
      const lookAhead = Math.max(32, maxPilots * nodesPerPilot * cores);
      return {
        ...{ executor, needs, counted: needs, kinds: kinds.kindOf, lookAhead },
        ...{ prefetch: clusterPrefetch, warnings: [] },
      };
    }
    default:
      return never(settings.executor);
  }
}

interface Machine {
  readonly capacity: Capacity;
  /** Those that can be seen, of which `capacity` may promise more. */
  readonly gpus: readonly string[];
}

/** A GPU that we cannot see, of another maker for instance, may be there all the same: one task at a time has it. */
function machineFor(plan: Plan, cpus: number): Machine {
  const wanted = plan.blocks.some((block) => block.needs.gpus > 0);
  const gpus = wanted ? gpuNames() : [];
  return { capacity: { cpus, memory: usableMemory(), gpus: wanted ? Math.max(1, gpus.length) : 0 }, gpus };
}

/** A task that asks for more than there is runs alone instead of never, and that is said. */
function cutToFit(plan: Plan, { capacity, gpus }: Machine): Pick<ReadyExecutor, "needs" | "warnings"> {
  const seen = { ...capacity, gpus: gpus.length };
  return {
    needs: plan.blocks.map((block) => clampTo(block.needs, capacity).need),
    warnings: plan.blocks.flatMap((block) =>
      clampTo(block.needs, seen).cut.map((what) => ({
        message: `${block.name} asks for ${asked(block.needs, what)}, and here ${offered(seen, what)}: its tasks run one at a time`,
        hint: null,
      })),
    ),
  };
}

function asked(needs: Resources, what: "cpus" | "memory" | "gpus"): string {
  return what === "memory" ? `${size(needs.memory ?? 0)} of memory` : count(needs[what], what.slice(0, -1));
}

function offered(capacity: Capacity, what: "cpus" | "memory" | "gpus"): string {
  if (what === "memory") return `is ${size(capacity.memory ?? 0)}`;
  const there = capacity[what];
  return there === 0 ? "none is seen" : `${there === 1 ? "is" : "are"} ${there}`;
}
