// Makes the dataset's folder and the folder of a run, before anything is started: a dataset that cannot be written is found
// out here, and not by the first task an hour later.
import { createDurable, readText } from "../system/durable-file.ts";
import { makeFolder, makeFolders, removeFile } from "../system/durable-folder.ts";
import { FileError } from "../system/file-error.ts";
import { nonce } from "../system/nonce.ts";
import { onDataset } from "./dataset-refusal.ts";
import { probePath, runFolder, runinfoFolder, taskLogsFolder, workersFolder } from "./layout.ts";
import { newestRun, type RunFolder, runOf } from "./runs.ts";

/**
 * Makes DATA_PATH and its runinfo/ where they are missing, and proves that a file can be written there and read back.
 * @throws Refusal: the user's fault where the folder is no place to write, the environment's where it is full or away.
 */
export function openDataset(dataPath: string): void {
  onDataset(dataPath, () => {
    makeFolders(runinfoFolder(dataPath));
    const word = nonce();
    const probe = probePath(dataPath, word);
    createDurable(probe, word);
    const found = readText(probe);
    removeFile(probe);
    if (found !== word) throw new FileError({ code: "EIO", path: probe, operation: "read" });
  });
}

/**
 * Makes the folder of the next run, with the folders that every run has. Of two starts at once each gets its own number.
 * @throws Refusal as `openDataset`.
 */
export function beginRun(dataPath: string): RunFolder {
  return onDataset(dataPath, () => {
    let number = (newestRun(dataPath)?.number ?? -1) + 1;
    while (makeFolder(runFolder(dataPath, number)) === "exists") number++;
    const run = runOf(dataPath, number);
    makeFolder(workersFolder(run.path));
    makeFolder(taskLogsFolder(run.path));
    return run;
  });
}
