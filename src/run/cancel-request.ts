// Somebody on another machine may have asked for the end of a run: a file in its folder. Looked for now and then only, since it
// is nearly never there.
import { cancelRequestPath } from "../rundir/layout.ts";
import { readText } from "../system/durable-file.ts";
import { isFileError } from "../system/file-error.ts";

/** Calls back once. The result ends the looking. */
export function watchCancelRequest(run: string, seconds: number, onCancel: () => void): () => void {
  const timer = setInterval(() => {
    if (!isAskedFor(run)) return;
    clearInterval(timer);
    onCancel();
  }, seconds * 1000);
  timer.unref();
  return () => clearInterval(timer);
}

function isAskedFor(run: string): boolean {
  try {
    return readText(cancelRequestPath(run)) !== "missing";
  } catch (error) {
    if (!isFileError(error)) throw error;
    return false;
  }
}
