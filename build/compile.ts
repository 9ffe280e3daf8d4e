// One executable from the sources: launcher, worker, bundler and type checker in a file that is copied to the cluster.
// The same commit gives the same bytes; nothing that lies in a working directory gets into the program except what a
// pipeline's author means to be used there: its tsconfig paths and its node_modules.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { generate } from "./embed.ts";
import { places } from "./places.ts";
import { bunTarget, runtimeOf, type Target } from "./runtimes.ts";

/** Compiles `dist/pipe` for this machine, unless it was made from exactly these sources. */
export async function compileHere(): Promise<string> {
  const madeFrom = `${generate()}bun ${Bun.version} ${process.platform} ${process.arch}\n`;
  const mark = join(places.dist, "made-from");
  if (existsSync(places.executable) && existsSync(mark) && readFileSync(mark, "utf8") === madeFrom) {
    return places.executable;
  }
  rmSync(mark, { force: true });
  await compile(places.executable, { runtime: process.execPath });
  writeFileSync(mark, madeFrom);
  return places.executable;
}

/** Compiles `dist/pipe-TARGET` with the runtime that was published for that machine. */
export async function compileFor(target: Target): Promise<string> {
  generate();
  const path = join(places.dist, `pipe-${target}`);
  await compile(path, { runtime: await runtimeOf(target), target: bunTarget[target] });
  return path;
}

interface Runtime {
  /** Path of the bun that becomes the executable. */
  readonly runtime: string;
  /** Whose it is, in bun's words; this machine's where nothing is said. */
  readonly target?: Bun.Build.CompileTarget;
}

/**
 * Built in a folder of its own and under the same name whatever the target is called, then moved: a build that fails or
 * is killed leaves no executable, and two builds differ in nothing.
 */
export async function compile(path: string, from: Runtime): Promise<void> {
  mkdirSync(places.dist, { recursive: true });
  const folder = mkdtempSync(join(places.dist, ".compiling-"));
  try {
    await Bun.build({
      entrypoints: [places.main],
      target: "bun",
      format: "esm", // bytecode with top-level await
      bytecode: true, // more than halves the start
      // Of modules, not of the functions in them: nearly as quick (11.2 ms for 10.4, 28 without any bytecode; measured in
      // November 2026), and it takes 0.7 MB where all functions would take 3.3, which the limit of size has no room for.
      bytecodeDepth: 0,
      sourcemap: "inline", // inside the executable: a bug report names our lines
      // Identifiers stay: `keepNames` does not save the names of classes from their minifying (Bun 1.4.5).
      minify: { whitespace: true, syntax: true, identifiers: false, keepNames: true },
      compile: {
        executablePath: from.runtime,
        ...(from.target === undefined ? {} : { target: from.target }),
        outfile: join(folder, "pipe"),
        autoloadDotenv: false,
        autoloadBunfig: false, // its preload would run code of whatever folder we stand in
        autoloadTsconfig: true,
        autoloadPackageJson: true,
      },
    });
    const built = join(folder, "pipe");
    chmodSync(built, 0o755);
    renameSync(built, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
