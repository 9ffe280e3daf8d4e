// Paths from which a module cannot be loaded: the runtime takes a question mark for the beginning of a query, and a
// backslash for a slash. Found out by a worker, it would be told when the run has its folder already.
import { diagnostic, refuse } from "../core/diagnostic.ts";

/** @param flag by which the path can be changed; null where the folder itself would have to be renamed. */
export function refuseUnloadable(path: string, flag: string | null): void {
  const found = /[?\\]/.exec(path)?.[0];
  if (found === undefined) return;
  const where = flag === null ? "rename the folder" : `name another folder with \`${flag}\``;
  throw refuse(
    diagnostic(
      "unloadable-path",
      `\`${path}\` holds \`${found}\`, and no code can be loaded from such a path`,
      {
        hint: where,
      },
    ),
  );
}
