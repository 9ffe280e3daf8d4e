// What has to be submitted as things are now: whatever is due and has no element, with all that follows on it.
import type { ArrayJobs } from "./array-jobs.ts";
import type { Row } from "./batches.ts";
import type { HeldRun } from "./held-run.ts";

/** The samples of which something has to be submitted, and the blocks over the dataset. */
export function whatToSubmit(
  { account, prepared }: Pick<HeldRun, "account" | "prepared">,
  jobs: ArrayJobs,
): readonly [readonly Row[], readonly number[]] {
  const { plan } = prepared;
  const { sampleBlockCount } = plan.graph;
  const rows: Row[] = [];
  for (let index = 0; index < plan.samples.length; index++) {
    const open: number[] = [];
    let uncovered = false;
    for (let block = 0; block < sampleBlockCount; block++) {
      const task = plan.taskOf(index, block);
      if (!account.isOpen(task)) continue;
      open.push(block);
      uncovered ||= jobs.elementOf(task) === null && account.isDue(task);
    }
    if (uncovered) rows.push({ index, blocks: open });
  }
  const dataset: number[] = [];
  for (let block = sampleBlockCount; block < plan.blocks.length; block++) {
    const task = plan.taskOf(null, block);
    const isNow = rows.length > 0 || account.openSamples === 0;
    if (account.isOpen(task) && jobs.elementOf(task) === null && isNow) dataset.push(block);
  }
  return [rows, dataset];
}
