// Loads a bundled pipeline in the launcher or in a worker. The bundle says `import … from "pipe"`, and there is no such
// package anywhere: the executable serves itself under that name.
import { type Diagnostic, diagnostic, type Place, Refusal, refuse } from "../core/diagnostic.ts";
import { nearest } from "../core/nearest.ts";
import * as pipe from "./index.ts";
import { framesOf, placeOf } from "./source-place.ts";

/** What `import "pipe"` can name at run time; types are gone by then. */
export const exportedNames: readonly string[] = Object.keys(pipe);

/** A bundle says under this name from which folder the `./` of its commands is meant. */
export const folderExport = "__pipe_folder";

let served = false;

/**
 * The pipeline that a bundle exports, its blocks checked.
 * @param path of the bundle, absolute.
 * @param options.calledFor the file that messages name where nothing better is known: the user's own.
 * @throws Refusal: it throws while it is loaded, exports no pipeline, or the pipeline has mistakes.
 */
export async function loadBundle(path: string, options: { calledFor?: string } = {}): Promise<pipe.Pipeline> {
  servePipe();
  const place = wholeFile(options.calledFor ?? path);
  const module = await importBundle(path, place);
  const exported = module.default;
  if (!(exported instanceof pipe.Pipeline)) throw refuse({ ...noPipeline(module), place });
  const folder = module[folderExport];
  if (typeof folder === "string") exported.resolveFrom(folder);
  exported.plots();
  return exported;
}

/** Once per thread: plugins do not reach other threads. */
function servePipe(): void {
  if (served) return;
  served = true;
  Bun.plugin({
    name: "pipe",
    setup(build) {
      build.module("pipe", () => ({ exports: { ...pipe }, loader: "object" }));
    },
  });
}

async function importBundle(path: string, whole: Place): Promise<Readonly<Record<string, unknown>>> {
  try {
    // A computed path: the bundler that makes the executable must not look for it.
    const module: Readonly<Record<string, unknown>> = await import(path);
    return module;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw refuse(threwAtLoad(error, whole));
  }
}

function threwAtLoad(error: unknown, whole: Place): Diagnostic {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : `it threw ${String(error)}`;
  const missing = /Export named '([^']+)' not found in module 'pipe'/.exec(message)?.[1];
  if (missing !== undefined) return missingFromPipe(missing);
  const frames = error instanceof Error ? framesOf(error.stack) : [];
  const [frame] = frames;
  return diagnostic("pipeline-threw", `the pipeline could not be loaded: ${message}`, {
    place: frame === undefined ? whole : placeOf(frame),
    notes: frames.slice(1, 6).map(({ file, line, column }) => `at ${file}:${line}:${column}`),
  });
}

const wholeFile = (file: string): Place => ({ file, line: null, column: null, text: null, length: 1 });

/** `import { Pipelin } from "pipe"`. */
export function missingFromPipe(name: string): Diagnostic {
  const near = nearest(name, exportedNames);
  return diagnostic("no-such-export", `"pipe" has no export \`${name}\``, {
    hint: near === null ? `it exports ${exportedNames.join(", ")}` : `did you mean \`${near}\`?`,
  });
}

function noPipeline(module: Readonly<Record<string, unknown>>): Diagnostic {
  const hint = "end it with `export default new Pipeline().append(…)`";
  if (!("default" in module)) {
    const [named] = Object.entries(module).find(([, value]) => value instanceof pipe.Pipeline) ?? [];
    return diagnostic("no-default-export", "the pipeline file has no default export", {
      hint: named === undefined ? hint : `write \`export default ${named}\``,
    });
  }
  return diagnostic("no-pipeline", `the default export is ${described(module.default)}, not a Pipeline`, {
    hint,
  });
}

function described(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (value instanceof Promise) return "a promise (is an `await` missing?)";
  if (typeof value === "function") {
    return /^class\b/.test(Function.prototype.toString.call(value))
      ? `the class ${value.name}`
      : "a function";
  }
  if (typeof value !== "object") return `a ${typeof value}`;
  const name = value.constructor?.name ?? "";
  return name === "" || name === "Object" ? "an object" : `a ${name}`;
}
