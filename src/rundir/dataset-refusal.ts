// A dataset that cannot be used, in words: which folder, what the system said, and what to do. Without this, a typing error in
// `--data_path`, a full disk and a server that is away would look alike.
import { type Diagnostic, diagnostic, type Refusal, refuse, unable } from "../core/diagnostic.ts";
import { never } from "../core/never.ts";
import { FileError, isFileError } from "../system/file-error.ts";
import { freeSpace } from "../system/free-space.ts";
import { inTheWay, sayInTheWay } from "./in-the-way.ts";

/** Runs what needs the dataset's folders; what the system refuses there becomes a `Refusal`. */
export function onDataset<T>(dataPath: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof FileError) throw datasetRefusal(dataPath, error);
    throw error;
  }
}

/** Whose fault it is decides the exit status: what the user named wrongly 2, what the machine cannot do now 3. */
export function datasetRefusal(dataPath: string, error: FileError): Refusal {
  const said = `${error.code} at \`${error.path}\``;
  const about = (code: string, message: string, hint: string): Diagnostic =>
    diagnostic(code, message, { notes: [`the system said ${said}`], hint });
  const way = inTheWay(error);
  // Within the dataset it is not the dataset's folder that is wrong.
  if (way?.path.startsWith(`${dataPath}/`) === true) return refuse(sayInTheWay(error, way));
  switch (error.problem) {
    case "denied":
      return refuse(
        about(
          "dataset-denied",
          `the dataset folder \`${dataPath}\` cannot be written: permission denied`,
          "name a folder of your own with `--data_path`, or ask for the right to write there",
        ),
      );
    case "read-only":
      return refuse(
        about(
          "dataset-read-only",
          `the dataset folder \`${dataPath}\` cannot be written: its filesystem is read-only`,
          "name a folder on another filesystem with `--data_path`",
        ),
      );
    case "wrong-kind":
    case "exists":
      return refuse(
        about(
          "dataset-not-a-folder",
          `the dataset folder \`${dataPath}\` cannot be made: a file is in its way`,
          "name another folder with `--data_path`, or move the file away",
        ),
      );
    case "missing":
    case "other":
      return refuse(
        about(
          "dataset-unusable",
          `the dataset folder \`${dataPath}\` cannot be made`,
          "check the path given by `--data_path`",
        ),
      );
    case "full":
      return unable(fullDisk(dataPath, about));
    case "quota":
      return unable(
        about(
          "quota-exceeded",
          `no room for the dataset \`${dataPath}\`: your quota is used up`,
          "delete what you do not need there, or name a folder elsewhere with `--data_path`",
        ),
      );
    case "unreliable":
      return unable(
        about(
          "dataset-unreachable",
          `the filesystem of the dataset \`${dataPath}\` does not answer as it should`,
          "try again in a minute; if it stays so, tell whoever runs the file server",
        ),
      );
    default:
      return never(error.problem);
  }
}

/** A filesystem without inodes has bytes left, and deleting one large file does not help. */
function fullDisk(
  dataPath: string,
  about: (code: string, message: string, hint: string) => Diagnostic,
): Diagnostic {
  return inodesLeft(dataPath) === 0
    ? about(
        "no-inodes",
        `no room for the dataset \`${dataPath}\`: the filesystem can hold no more files`,
        "delete folders with many small files, or name a folder elsewhere with `--data_path`",
      )
    : about(
        "disk-full",
        `no room for the dataset \`${dataPath}\`: the disk is full`,
        "make room, or name a folder on another disk with `--data_path`",
      );
}

function inodesLeft(path: string): number | null {
  try {
    return freeSpace(path).inodes;
  } catch (error) {
    if (isFileError(error)) return null;
    throw error;
  }
}
