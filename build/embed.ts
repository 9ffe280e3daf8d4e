// What the executable carries beside its own code: the templates of `pipe init`, `pipe.d.ts` and the types of Node and
// Bun. Each is a file of its own inside the executable, read when somebody asks: as part of the code they would be
// parsed by every worker at every start.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import bunny from "bunny";
import { bunnyJson } from "../src/templates/bunny-mesh.ts";
import { commit } from "./commit.ts";
import { declarationsOfApi } from "./declarations.ts";
import { filesBelow, sourcesFingerprint } from "./fingerprint.ts";
import { places, root } from "./places.ts";
import { typePackages } from "./types-archive.ts";

/** Writes src/generated/, unless it was made from exactly these sources. Returns what it was made from. */
export function generate(): string {
  const builtFrom = commit();
  const madeFrom = `${sourcesFingerprint()} commit ${builtFrom}\n`;
  const mark = join(places.generated, "made-from");
  if (textOf(mark) === madeFrom) return madeFrom;
  mkdirSync(places.generated, { recursive: true });
  rmSync(mark, { force: true });
  put("templates.asset", JSON.stringify(templates()));
  put("declarations.asset", declarationsOfApi());
  put("types.asset", Bun.zstdCompressSync(JSON.stringify(typePackages()), { level: 12 }));
  put("assets.d.ts", assetModule);
  put("embedded.ts", accessModule);
  put("version.ts", versionModule(builtFrom));
  put("made-from", madeFrom);
  return madeFrom;
}

/** Two commands started together may both write: each file appears whole, and they write the same. */
function put(name: string, content: string | Uint8Array): void {
  const path = join(places.generated, name);
  writeFileSync(`${path}.${process.pid}`, content);
  renameSync(`${path}.${process.pid}`, path);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Name of the template → path in it → text. What lies beside the template folders is for making them, not part. */
function templates(): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const all: Record<string, Record<string, string>> = {};
  for (const entry of readdirSync(places.templates, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const folder = join(places.templates, entry.name);
    const paths = filesBelow(folder).map((path) => [
      relative(folder, path).split(sep).join("/"),
      readFileSync(path, "utf8"),
    ]);
    all[entry.name] = Object.fromEntries(paths);
  }
  const { deform } = all;
  if (deform !== undefined) deform["bunny.json"] = bunnyJson(bunny);
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const heading = "// Written by build/embed.ts; changes made here are lost.\n";

const assetModule = `${heading}
declare module "*.asset" {
  /** Where the file lies: in the executable, or here when run from source. */
  const path: string;
  export default path;
}
`;

const accessModule = `${heading}import { readFileSync } from "node:fs";
import declarationsAt from "./declarations.asset" with { type: "file" };
import templatesAt from "./templates.asset" with { type: "file" };
import typesAt from "./types.asset" with { type: "file" };

/** Files of a folder to be written: relative path (with \`/\`) → text. */
export type Files = Readonly<Record<string, string>>;

/** What \`pipe init --template NAME\` writes, by name. */
export function templates(): Readonly<Record<string, Files>> {
  return JSON.parse(readFileSync(templatesAt, "utf8"));
}

/** The text of \`pipe.d.ts\`: an ambient \`declare module "pipe"\`, to be listed in the tsconfig's \`include\`. */
export function declarations(): string {
  return readFileSync(declarationsAt, "utf8");
}

/** The types of Node and Bun, to be written below a folder named \`node_modules\` that \`typeRoots\` names. */
export function typePackages(): Files {
  return JSON.parse(new TextDecoder().decode(Bun.zstdDecompressSync(readFileSync(typesAt))));
}
`;

function versionModule(builtFrom: string): string {
  return `${heading}
export const version: string = ${JSON.stringify(versionInPackage())};

/** The commit this was built from, in full, \`+changes\` behind it where the sources differed; empty where unknown. */
export const commit: string = ${JSON.stringify(builtFrom)};
`;
}

function versionInPackage(): string {
  const description: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  if (typeof description === "object" && description !== null && "version" in description) {
    if (typeof description.version === "string") return description.version;
  }
  throw new Error("package.json has no version");
}
