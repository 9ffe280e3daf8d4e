// The files that the README tells its readers to write, taken out of it: a code block that begins with a path, as in
// "```ts throw/pipeline.ts", is such a file. Without this nobody would notice that what newcomers copy has stopped working.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./places.ts";

/** Path → text, of the files below `folder`; paths are relative to it. */
export function readmeFiles(folder: string): Readonly<Record<string, string>> {
  const text = readFileSync(join(root, "README.md"), "utf8");
  const files = [...text.matchAll(/^```[a-z]+ (\S+)\n(.*?)^```$/gms)]
    .map(([, path = "", body = ""]) => [path, body] as const)
    .filter(([path]) => path.startsWith(`${folder}/`));
  if (files.length === 0) throw new Error(`README.md shows no file below \`${folder}/\``);
  const names = files.map(([path]) => path);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`README.md shows \`${twice}\` twice`);
  return Object.fromEntries(files.map(([path, body]) => [path.slice(folder.length + 1), body]));
}
