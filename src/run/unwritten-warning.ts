// A sample whose sample.json cannot be written, in words: its folder is gone, or closed, or a block has put something
// else there. That is this sample's trouble; a disk that takes nothing any more is everybody's and ends the run.
import { type SampleId, sampleFolderName } from "../core/ids.ts";
import { fileErrorDiagnostic } from "../report/say-file-error.ts";
import { type FileError, isFileError } from "../system/file-error.ts";

/** Whether other samples may well be written. */
export const isOfOneSample = (error: unknown): error is FileError =>
  isFileError(error, "denied", "missing", "exists", "wrong-kind");

export function unwrittenWarning(
  error: FileError,
  sample: SampleId,
): { readonly message: string; readonly hint: string } {
  const { message } = fileErrorDiagnostic(error);
  return {
    message: `sample ${sampleFolderName(sample)} counts as failed, because what is known of it has no place: ${message}`,
    hint: "see to the sample's folder, then start the same command again",
  };
}
