// The door to the node's half of `pipe doctor`, loaded by the probe job alone.
export { answerProbe as answerDoctor } from "../executors/slurm/probe/probe-node.ts";
