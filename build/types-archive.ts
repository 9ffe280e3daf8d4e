// The declarations of Node's and Bun's own modules, so that a pipeline that reads a file type-checks where nothing was
// ever installed. Laid out as the packages lie in node_modules, because that is how their files find one another.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { places } from "./places.ts";

const packages = [
  "@types/bun",
  "@types/node",
  "bun-types",
  "undici-types",
  "@types/node/node_modules/undici-types",
];

/** For compilers older than any editor in use, and for readers of documentation, not of types. */
const leftOut = /^(?:ts5\.\d|docs|node_modules)$/;

/** Path below `node_modules` → text, in a fixed order. */
export function typePackages(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const name of packages) {
    const folder = join(places.modules, name);
    if (!existsSync(folder)) continue; // one copy of undici-types serves both where the versions agree
    for (const path of filesOf(folder)) {
      files[relative(places.modules, path).split(sep).join("/")] = readFileSync(path, "utf8");
    }
  }
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return leftOut.test(entry.name) ? [] : filesOf(path);
    return /\.d\.[cm]?ts$|^package\.json$|^LICENSE/.test(entry.name) ? [path] : [];
  });
}
