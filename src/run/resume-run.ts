// Which run can be taken over, and what it was to do.
import { diagnostic, refuse, unable } from "../core/diagnostic.ts";
import { lockFolder, planPath, runRecordPath } from "../rundir/layout.ts";
import { readLockOwner } from "../rundir/lock-owner.ts";
import { type RunRecord, readRunRecord } from "../rundir/run-record.ts";
import { type RunFolder, requireRun } from "../rundir/runs.ts";
import { readText } from "../system/durable-file.ts";
import { removeFolder } from "../system/durable-folder.ts";
import { thisProcess, vitality } from "../system/host.ts";
import { leftRuns } from "./left-runs.ts";

export interface Resumable {
  readonly run: RunFolder;
  readonly record: RunRecord;
  /** The samples that it was over: `0-99,120`. */
  readonly samples: string;
}

/** Null where no run has lost its launcher. @throws Refusal where the named one has not, or its launcher lives. */
export function requireLeftRun(
  dataPath: string,
  of: { readonly run: string | null; readonly vouchedDead: boolean },
): Resumable | null {
  refuseLiving(dataPath, of.vouchedDead);
  const left = leftRuns(dataPath);
  if (of.run === null) {
    const [newest] = left;
    return newest === undefined ? null : { ...newest, samples: samplesOfPlan(newest.run) };
  }
  const named = requireRun(dataPath, of.run);
  const found = left.find(({ run }) => run.number === named.number);
  if (found !== undefined) return { ...found, samples: samplesOfPlan(found.run) };
  const read = readRunRecord(runRecordPath(named.path));
  const ended = read.kind === "parsed" && read.value.finished !== null;
  throw refuse(
    diagnostic(
      "nothing-to-attach",
      ended ? `run ${named.name} has ended` : `run ${named.name} has no jobs that could be taken over`,
      { hint: "`pipe run` does what is left to do, and takes over what was done" },
    ),
  );
}

function refuseLiving(dataPath: string, vouchedDead: boolean): void {
  const lock = readLockOwner(dataPath);
  if (lock.kind !== "owner") return;
  const { owner } = lock;
  const life = vitality(owner.process, thisProcess());
  if (life === "dead") return;
  if (life !== "alive" && vouchedDead) {
    removeFolder(lockFolder(dataPath));
    return;
  }
  const where = `on ${owner.process.host}, pid ${owner.process.pid}`;
  throw unable(
    diagnostic(
      "launcher-lives",
      life === "alive"
        ? `the launcher of run ${owner.run ?? "?"} lives: ${where}`
        : `whether the launcher of run ${owner.run ?? "?"} still lives cannot be seen from here: ${where}`,
      {
        hint:
          life === "alive"
            ? "`pipe status --watch` watches it, `pipe cancel` ends it"
            : "if you know that it is dead: `pipe attach --launcher_is_dead`",
      },
    ),
  );
}

function samplesOfPlan(run: RunFolder): string {
  const text = readText(planPath(run.path));
  const plan: unknown = text === "missing" ? null : JSON.parse(text);
  if (typeof plan === "object" && plan !== null && "samples" in plan && typeof plan.samples === "string") {
    return plan.samples;
  }
  throw refuse(
    diagnostic("no-plan", `run ${run.name} has no plan.json that says which samples it was over`, {
      hint: "start `pipe run` anew: what its jobs have done by now is taken over",
    }),
  );
}
