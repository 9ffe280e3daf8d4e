// How a sample looked to a task of long ago, put together from records of that time. Contents are not stored: a sample with
// many frames would cost its list of files again with every task.
import type { SampleId } from "../core/ids.ts";
import { afterTask, contentDigest, freshContent, type SampleContent } from "./content.ts";
import { digestOfFresh } from "./digest.ts";
import type { Digest, TaskRecord } from "./record.ts";

/**
 * The content with this digest, or null where the records do not lead to it (any more).
 * @param records all that is known of the sample, also what has been replaced and of blocks that are gone; by block in the
 *   order of the pipeline, of each block the newest first.
 */
export function oldContent(
  sample: SampleId,
  records: readonly TaskRecord[],
  digest: Digest,
): SampleContent | null {
  return backwards(sample, records, digest) ?? combined(sample, records, digest);
}

/** Along `after` ← `before`: the way in a chain, whatever the order of the blocks was then. */
function backwards(sample: SampleId, records: readonly TaskRecord[], digest: Digest): SampleContent | null {
  const seen = new Set<Digest>();
  const find = (wanted: Digest): SampleContent | null => {
    if (wanted === digestOfFresh(sample)) return freshContent(sample);
    seen.add(wanted);
    for (const record of records) {
      if (record.after !== wanted || seen.has(record.key.before)) continue;
      const before = find(record.key.before);
      if (before === null) continue;
      const content = afterTask(before, record);
      if (contentDigest(content) === wanted) return content;
    }
    return null;
  };
  return find(digest);
}

/** Where several blocks ran side by side no record has the digest of them together: tried out, the newest records first. */
function combined(sample: SampleId, records: readonly TaskRecord[], digest: Digest): SampleContent | null {
  // A task that ran again often left the same again: once is enough.
  const different = Map.groupBy(records, leftText).values();
  const byBlock = Map.groupBy(
    [...different].flatMap(([record]) => record ?? []),
    (record) => record.block,
  );
  let patience = mostTried;
  const find = (content: SampleContent, blocks: readonly (readonly TaskRecord[])[]): SampleContent | null => {
    if (patience-- <= 0) return null;
    if (contentDigest(content) === digest) return content;
    const [next, ...others] = blocks;
    if (next === undefined) return null;
    for (const record of next) {
      const found = find(afterTask(content, record), others);
      if (found !== null) return found;
    }
    return find(content, others);
  };
  return find(freshContent(sample), [...byBlock.values()]);
}

function leftText({ block, changes, files, removed }: TaskRecord): string {
  return JSON.stringify([block, changes, files.map(({ path, sha256 }) => [path, sha256]), removed]);
}

/** Ten milliseconds; nobody has twelve siblings that all changed. */
const mostTried = 5000;
