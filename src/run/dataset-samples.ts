// Which samples a dataset has: its numbered folders, and nothing else says so.
import { parseSampleFolderName, type SampleId } from "../core/ids.ts";
import { sampleFolder } from "../rundir/layout.ts";
import { listFolder, makeFolder } from "../system/durable-folder.ts";

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

/** Makes the folders that are missing. */
export function makeSamples(dataPath: string, wanted: readonly SampleId[]): void {
  const there = new Set(samplesOf(dataPath));
  for (const id of wanted) if (!there.has(id)) makeFolder(sampleFolder(dataPath, id));
}
