// Code in this process finds its GPUs as a program would: in CUDA_VISIBLE_DEVICES, while the task runs.
import type { Assignment } from "../protocol/assignment.ts";

const name = "CUDA_VISIBLE_DEVICES";

export function withOwnGpus({ environment, needs }: Assignment): Disposable {
  const before = process.env[name];
  const own = environment[name];
  if (own === undefined || needs.gpus === 0) return { [Symbol.dispose]: () => {} };
  process.env[name] = own;
  return {
    [Symbol.dispose]: () => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    },
  };
}
