// The two files that a command and its worker speak through: PIPE_SAMPLE, what it is told, and PIPE_RESULT, what it
// answers. They lie outside the sample's folder, in a place of this attempt alone, so that nothing an earlier attempt
// left running can write into them.
import { mkdirSync, rmSync } from "node:fs";
import type { Json } from "../core/json.ts";
import { attemptFolder, commandResultPath, commandSamplePath, type LogOf } from "../rundir/layout.ts";
import { publish, readWhole } from "../system/durable-file.ts";
import { onFile } from "../system/file-error.ts";

export interface CommandFiles extends Disposable {
  readonly samplePath: string;
  readonly resultPath: string;
  /** What was answered; null where nothing was. `too-large` is not read. */
  readAnswer(): { readonly kind: "text"; readonly text: string } | { readonly kind: "too-large" } | null;
}

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
    readAnswer: () => {
      const bytes = readWhole(resultPath);
      if (bytes === "missing") return null;
      if (bytes.length > mostBytes) return { kind: "too-large" };
      return { kind: "text", text: new TextDecoder().decode(bytes) };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** An answer goes through messages and into sample.json; meshes belong into files. */
export const mostBytes = 16 * 1024 * 1024;
