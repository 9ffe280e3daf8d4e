// What a build was made from, as one short text: the same sources give the same text on any machine, whatever the
// modification times say (a checkout sets them anew, and a build that trusts them is either stale or never skipped).
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { places, root } from "./places.ts";

/** Everything that decides about the bytes of the executable, except the commit it names. */
export function sourcesFingerprint(): string {
  const hash = new Bun.CryptoHasher("sha256");
  for (const path of inputs()) {
    const content = readFileSync(path);
    hash.update(`${relative(root, path).split(sep).join("/")}\0${content.length}\0`);
    hash.update(content);
  }
  return hash.digest("hex");
}

function inputs(): readonly string[] {
  const single = ["package.json", "package-lock.json", "tsconfig.json"].map((name) => join(root, name));
  return [...single, ...filesBelow(places.sources), ...filesBelow(join(root, "build"))];
}

/** All files below a folder, by name in a fixed order; generated ones are results, not sources. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(places.generated + sep))
    .sort();
}
