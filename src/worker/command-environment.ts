// The environment of a user's program: the user's own, what the block adds, and what the program may want to know.
//
//   PIPE_BLOCK PIPE_ATTEMPT       which task this is
//   PIPE_SAMPLE PIPE_RESULT       the files it is told by, and answers in (not for persistent commands)
//   PIPE_SAMPLE_ID PIPE_SAMPLE_PATH PIPE_DATASET_PATH PIPE_RUN_PATH
//   PIPE_CPUS PIPE_GPUS PIPE_MEMORY PIPE_TIME   what it may use: bytes and seconds; the last two only where limited
//   PIPE_SEED                     a whole number below 2^31, from the dataset's seed, the sample and the block
//   OMP_NUM_THREADS               = PIPE_CPUS, unless the user or the block sets it: libraries otherwise start a thread per
//                                 core of the machine in each of the tasks that run side by side

import type { Resources } from "../core/resources.ts";
import { childEnvironment, type Environment } from "../system/child-environment.ts";
import { markVariable } from "../system/process-mark.ts";

export interface CommandSurroundings {
  /** The environment that `pipe` itself was given. */
  readonly inherited: Environment;
  /** The block's own. */
  readonly added: Readonly<Record<string, string>>;
  readonly needs: Resources;
  /** PIPE_ variables of this task, by the rest of their names. */
  readonly facts: Readonly<Record<string, string | number>>;
  readonly mark: string;
}

export function commandEnvironment(given: CommandSurroundings): Record<string, string> {
  const environment = childEnvironment(given.inherited);
  environment.OMP_NUM_THREADS ??= String(given.needs.cpus);
  Object.assign(environment, given.added);
  const { cpus, gpus, memory, time } = given.needs;
  const facts = {
    ...given.facts,
    CPUS: cpus,
    GPUS: gpus,
    ...(memory === null ? {} : { MEMORY: memory }),
    ...(time === null ? {} : { TIME: time }),
  };
  for (const [name, value] of Object.entries(facts)) environment[`PIPE_${name}`] = String(value);
  environment[markVariable] = given.mark;
  return environment;
}
