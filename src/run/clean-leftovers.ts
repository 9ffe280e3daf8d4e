// What a process that was killed between writing a file beside and giving it its name has left. By its name it is nobody's
// output; where a record names such a file all the same, a task has written it, and it stays.
import { join } from "node:path";
import type { Memory } from "../cache/memory.ts";
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
    const folder = sampleFolder(dataPath, sample);
    const below = [...filesBelow(folder, isTemporaryName)];
    if (below.length === 0) continue;
    const named = new Set(
      memory.blocks.flatMap((block) => memory.get(block, sample)?.files ?? []).map((f) => f.path),
    );
    found.push(...below.filter((path) => !named.has(path.slice(folder.length + 1))));
  }
  return { files: found.flatMap((path) => seeFile(path) ?? []), folders };
}

function namesIn(folder: string): readonly string[] {
  const names = listFolder(folder);
  return names === "missing" ? [] : names;
}
