// Whether a run has jobs that wait or run; asked before Slurm is: a run without a journal of jobs never had any.

import { join } from "node:path";
import { segmentName } from "../../journal/segments.ts";
import { jobsStem } from "../../rundir/layout.ts";
import { sizeOf } from "../../system/durable-file.ts";

export async function jobsGoOn(runFolder: string): Promise<"some" | "none" | "unknown"> {
  if (sizeOf(join(runFolder, segmentName(jobsStem, 1))) === "missing") return "none";
  const { jobsGoOn: ask } = await import("../../executors/slurm/jobs/say-jobs.ts");
  return await ask(runFolder);
}
