// Files that a block declared, looked for among those that are there. Nothing has to be declared; what is, is checked,
// so that a missing file is told where it is missing and not three blocks later.
import type { Listing } from "../system/observe-folder.ts";

/** The patterns that no file matches; empty where nothing was declared or nothing is missing. */
export function missingFiles(patterns: readonly string[] | null, listing: Listing): readonly string[] {
  if (patterns === null) return [];
  return patterns.filter((pattern) => {
    const plain = pattern.replace(/^(?:\.\/+)+/, "");
    // A name is a pattern for itself, also one with brackets in it.
    if (listing.has(plain)) return false;
    const glob = new Bun.Glob(plain);
    for (const path of listing.keys()) {
      if (glob.match(path)) return false;
    }
    return true;
  });
}
