// The name of every file and folder that building makes or reads, in one place: a script that guesses one would go on
// reading the old place after it moved.
import { join, resolve } from "node:path";

export const root = resolve(import.meta.dir, "..");

export const places = {
  sources: join(root, "src"),
  templates: join(root, "src", "templates"),
  generated: join(root, "src", "generated"),
  main: join(root, "src", "main.ts"),
  api: join(root, "src", "api", "index.ts"),
  modules: join(root, "node_modules"),
  tests: join(root, "test"),
  demo: join(root, "demo"),
  dist: join(root, "dist"),
  executable: join(root, "dist", "pipe"),
  cache: join(root, ".cache"),
  runtimes: join(root, ".cache", "runtimes"),
  testReport: join(root, ".cache", "test-report.xml"),
} as const;

/** Programs that packages bring, as scripts for our own bun: their `#!` lines ask for a node that may not be there. */
export const tools = {
  typescript: join(places.modules, "typescript", "bin", "tsc"),
  biome: join(places.modules, "@biomejs", "biome", "bin", "biome"),
} as const;
