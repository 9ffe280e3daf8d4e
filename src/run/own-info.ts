// What a pipeline's own `serializationInfo` says of a sample. It is asked in the launcher, with the sample as the block is to
// see it: values and files of the tasks before it, not what happens to lie in the folder.
import type { SerializationInfo } from "../api/data-sample.ts";
import { filesAmong } from "../api/own-folder.ts";
import type { Pipeline } from "../api/pipeline.ts";
import { openSample, sampleOwnFolder } from "../api/sample.ts";
import { canonical } from "../cache/canonical.ts";
import type { SampleContent } from "../cache/content.ts";
import { diagnostic, refuse } from "../core/diagnostic.ts";
import type { BlockName, SampleId } from "../core/ids.ts";
import { freshSample } from "../core/sample.ts";
import { sampleFolder, sampleLogPath } from "../rundir/layout.ts";

/** What a pipeline's own `serializationInfo` says of a sample before a block, as canonical text. */
export type OwnInfo = (sample: SampleId, block: BlockName, content: SampleContent) => string;

export function ownInfoOf(
  { dataPath, seed }: { readonly dataPath: string; readonly seed: string | number },
  serializationInfo: NonNullable<Pipeline["serializationInfo"]>,
): OwnInfo {
  return (id, block, content) => {
    const path = sampleFolder(dataPath, id);
    const { sample } = openSample({
      state: {
        ...freshSample(id),
        config: Object.fromEntries(content.config),
        statistics: Object.fromEntries(content.statistics),
      },
      ...{ path, block, seed, logFile: sampleLogPath(dataPath, id) },
    });
    const folder = sampleOwnFolder(path, id);
    const files = (pattern?: string) => filesAmong(() => content.files.keys(), folder, pattern ?? null);
    Object.defineProperty(sample, "serializationInfo", { value: () => infoOf(content) });
    Object.defineProperty(sample, "files", { value: files });
    const text = canonical(serializationInfo(sample, block), "serializationInfo");
    if (text.kind === "text") return text.text;
    throw refuse(
      diagnostic("info-not-remembered", `\`${text.path}\` ${text.problem}`, {
        notes: [`it is what the pipeline's own \`serializationInfo\` said of sample ${id} before ${block}`],
        hint: "return plain values: text, numbers, lists and objects of these",
      }),
    );
  };
}

function infoOf(content: SampleContent): SerializationInfo {
  return {
    id: content.id,
    config: Object.fromEntries(content.config),
    statistics: Object.fromEntries(content.statistics),
    files: [...content.files].map(([path, sha256]) => ({ path, sha256 })),
  };
}
