// The two files that a command and its worker speak through: PIPE_SAMPLE, what it is told, and PIPE_RESULT, what it
// answers. They lie outside the sample's folder, in a place of this attempt alone, so that nothing an earlier attempt
// left running can write into them.
import { mkdirSync, rmSync, statSync } from "node:fs";
import type { Json } from "../core/json.ts";
import { attemptFolder, commandResultPath, commandSamplePath, type LogOf } from "../rundir/layout.ts";
import { publish, readWhole } from "../system/durable-file.ts";
import { onFile } from "../system/file-error.ts";

export interface CommandFiles extends Disposable {
  readonly samplePath: string;
  readonly resultPath: string;
  /** What was answered; null where nothing was. */
  readAnswer(): WrittenAnswer | null;
}

export type WrittenAnswer =
  | { readonly kind: "text"; readonly text: string }
  /** It was not read. */
  | { readonly kind: "unusable"; readonly problem: string };

/** @throws FileError where the filesystem refuses. */
export function makeCommandFiles(workerFolder: string, of: LogOf, told: Json): CommandFiles {
  const folder = attemptFolder(workerFolder, of);
  onFile("make-folder", folder, () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  });
  const samplePath = commandSamplePath(folder);
  const resultPath = commandResultPath(folder);
  publish(samplePath, JSON.stringify(told), { durability: "unsynced" });
  return {
    samplePath,
    resultPath,
    readAnswer: () => readAnswer(resultPath),
    [Symbol.dispose]: () => removeLater(folder),
  };
}

/** NFS keeps a file that somebody still has open, and its folder with it: no reason to call a task failed that went well. */
function removeLater(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
  }
}

function readAnswer(path: string): WrittenAnswer | null {
  const found = onFile("status", path, () => statSync(path, { throwIfNoEntry: false }));
  if (found === undefined) return null;
  // Opening a pipe that nobody writes to, or reading a device, would take for ever.
  if (!found.isFile()) return { kind: "unusable", problem: "it is not an ordinary file" };
  if (found.size > mostBytes) {
    const problem = `it is larger than ${mostBytes / 1024 / 1024} MB; large results belong into files`;
    return { kind: "unusable", problem };
  }
  const bytes = readWhole(path);
  return bytes === "missing" ? null : { kind: "text", text: new TextDecoder().decode(bytes) };
}

/** An answer goes through messages and into sample.json; meshes belong into files. */
export const mostBytes = 16 * 1024 * 1024;
