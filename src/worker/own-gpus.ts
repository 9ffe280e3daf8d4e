// Code in this process finds its GPUs as a program would: in CUDA_VISIBLE_DEVICES, while the task runs.
import type { Assignment } from "../protocol/assignment.ts";

export const gpusVariable = "CUDA_VISIBLE_DEVICES";

export function withOwnGpus({ environment, needs }: Assignment): Disposable {
  const before = process.env[gpusVariable];
  const own = environment[gpusVariable];
  if (own === undefined || needs.gpus === 0) return { [Symbol.dispose]: () => {} };
  process.env[gpusVariable] = own;
  return {
    [Symbol.dispose]: () => {
      if (before === undefined) delete process.env[gpusVariable];
      else process.env[gpusVariable] = before;
    },
  };
}
