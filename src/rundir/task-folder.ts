// The folder in which a task works, and what in it may be its work: the rest is pipe's own.
import { join } from "node:path";
import { parseSampleFolderName, type SampleId } from "../core/ids.ts";
import { isTemporaryName } from "../system/durable-file.ts";
import type { Concerns } from "../system/observe-folder.ts";
import {
  configsCsv,
  configsJson,
  historyPath,
  isReservedInSample,
  runinfoFolder,
  sampleFolder,
  statisticsCsv,
  statisticsJson,
} from "./layout.ts";

export interface TaskPlace {
  readonly dataPath: string;
  /** Null for a dataset block. */
  readonly sample: SampleId | null;
}

export const taskFolder = ({ dataPath, sample }: TaskPlace): string =>
  sample === null ? dataPath : sampleFolder(dataPath, sample);

export const concernsIn = ({ dataPath, sample }: TaskPlace): Concerns =>
  sample === null ? concernsInDataset(dataPath) : concernsInSample;

const concernsInSample: Concerns = (path, what) =>
  what === "folder" || !(isReservedInSample(path) || isTemporaryName(path.slice(path.lastIndexOf("/") + 1)));

/** The samples' folders are theirs, and looking into 100,000 of them would take minutes. */
function concernsInDataset(dataPath: string): Concerns {
  const isOwn = ownNamesIn(dataPath);
  return (path) =>
    !isOwn(path) &&
    parseSampleFolderName(path) === null &&
    !isTemporaryName(path.slice(path.lastIndexOf("/") + 1));
}

/** Which names directly in the dataset's folder are pipe's own. */
export function ownNamesIn(dataPath: string): (name: string) => boolean {
  const own = new Set(
    [statisticsCsv, statisticsJson, configsCsv, configsJson, historyPath, runinfoFolder].map((name) =>
      name(dataPath),
    ),
  );
  return (name) => own.has(join(dataPath, name));
}
