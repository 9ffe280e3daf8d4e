// What a process that was killed between writing a file beside and giving it its name has left. By its name it is nobody's
// output; where a record names such a file all the same, a task has written it, and it stays.
import { join } from "node:path";
import type { Memory } from "../cache/memory.ts";
import type { SampleId } from "../core/ids.ts";
import { runinfoFolder, sampleFolder } from "../rundir/layout.ts";
import { isTemporaryName } from "../system/durable-file.ts";
import { listFolder } from "../system/durable-folder.ts";
import { entryAt, filesBelow } from "../system/entries.ts";
import { type SeenFile, seeFile } from "./clean-files.ts";
import { samplesOf } from "./dataset-samples.ts";

export interface Leftovers {
  readonly files: readonly SeenFile[];
  /** Of locks that were about to be taken or put away. */
  readonly folders: readonly string[];
}

export function findLeftovers(where: {
  readonly dataPath: string;
  readonly memory: Memory;
  /** Folders that go as a whole. */
  readonly except: readonly string[];
}): Leftovers {
  const { dataPath, memory, except } = where;
  const runinfo = runinfoFolder(dataPath);
  const folders = namesIn(runinfo)
    .filter((name) => name.startsWith(".lock.") && isTemporaryName(name))
    .map((name) => join(runinfo, name))
    .filter((path) => {
      const entry = entryAt(path);
      return entry !== "missing" && entry.kind === "folder";
    });
  const skipped = [...except, ...folders].map((folder) => `${folder}/`);
  const found = [
    ...namesIn(dataPath)
      .filter(isTemporaryName)
      .map((name) => join(dataPath, name)),
    ...[...filesBelow(runinfo, isTemporaryName)].filter((path) => !skipped.some((p) => path.startsWith(p))),
  ];
  for (const sample of samplesOf(dataPath)) {
    found.push(...unnamedIn(sampleFolder(dataPath, sample), { memory, sample }));
  }
  return { files: found.flatMap((path) => seeFile(path) ?? []), folders };
}

/** Files of such names in a sample's folder, as far as no record names them. */
export function unnamedIn(
  folder: string,
  by: { readonly memory: Memory; readonly sample: SampleId },
): readonly string[] {
  const below = [...filesBelow(folder, isTemporaryName)];
  if (below.length === 0) return below;
  const { memory, sample } = by;
  const named = new Set(
    memory.blocks.flatMap((block) => memory.get(block, sample)?.files ?? []).map((f) => f.path),
  );
  return below.filter((path) => !named.has(path.slice(folder.length + 1)));
}

function namesIn(folder: string): readonly string[] {
  const names = listFolder(folder);
  return names === "missing" ? [] : names;
}
