// One launcher at a time on a dataset; the second is told who it is, where, since when.
import { type Busy, putAllBack } from "../cache/put-aside.ts";
import { diagnostic, unable } from "../core/diagnostic.ts";
import { shellCommand } from "../core/shell-word.ts";
import { onDataset } from "../rundir/dataset-refusal.ts";
import { acquireLock, type HeldLock } from "../rundir/lock.ts";
import { isoTime } from "../system/clock.ts";
import { leftRuns, samplesInHand } from "./left-runs.ts";

/**
 * @param busy asked once the lock is held: the samples in which tasks of a launcher before us may still run.
 * @throws Refusal where somebody else has it.
 */
export function lockDataset(
  dataPath: string,
  commandLine: readonly string[],
  busy: () => Busy = () => samplesInHand(leftRuns(dataPath)),
): HeldLock {
  const answer = acquireLock(dataPath, { command: shellCommand(["pipe", ...commandLine]) });
  if (answer.kind === "acquired") return withAllInPlace(dataPath, answer, busy);
  const { owner, why, path } = answer;
  if (owner === null) {
    throw unable(
      diagnostic("dataset-locked", `\`${dataPath}\` is locked, and the lock does not say by whom`, {
        notes: [`the lock is the folder \`${path}\``],
        hint: `if nobody works on the dataset, remove it: ${shellCommand(["rm", "-r", path])}`,
      }),
    );
  }
  const run = owner.run === null ? "a run" : `run ${owner.run}`;
  const where = `on ${owner.process.host}, pid ${owner.process.pid}, since ${isoTime(owner.since)}`;
  throw unable(
    diagnostic("dataset-locked", `${run} is going on in \`${dataPath}\`: ${where}`, {
      notes: [
        `it was started with \`${owner.command}\``,
        ...(why === "alive" ? [] : ["whether it still lives cannot be seen from this machine"]),
      ],
      hint:
        why === "alive"
          ? "wait for it, watch it with `pipe status`, or choose another `--data_path`"
          : `if that process is gone, remove the lock: ${shellCommand(["rm", "-r", path])}`,
    }),
  );
}

/** A launcher that was killed may have left outputs aside: whoever has the lock finds the dataset as it is remembered. */
function withAllInPlace(dataPath: string, lock: HeldLock, busy: () => Busy): HeldLock {
  try {
    onDataset(dataPath, () => putAllBack(dataPath, busy()));
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}
