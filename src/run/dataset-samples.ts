// Which samples a dataset has: its numbered folders, and nothing else says so.
import { parseSampleFolderName, type SampleId, sampleFolderName } from "../core/ids.ts";
import { listFolder, makeFoldersIn } from "../system/durable-folder.ts";

/** In the order of their numbers; none where the dataset does not exist yet. */
export function samplesOf(dataPath: string): readonly SampleId[] {
  const names = listFolder(dataPath);
  if (names === "missing") return [];
  const ids: SampleId[] = [];
  for (const name of names) {
    const id = parseSampleFolderName(name);
    if (id !== null) ids.push(id);
  }
  return ids.sort((a, b) => a - b);
}

/** Makes the folders of samples that the dataset does not have yet. */
export function makeSamples(dataPath: string, missing: readonly SampleId[]): void {
  makeFoldersIn(dataPath, missing.map(sampleFolderName));
}
