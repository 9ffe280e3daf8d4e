// Loads a bundled pipeline in the launcher or in a worker. The bundle says `import … from "pipe"`, and there is no such
// package anywhere: the executable serves itself under that name.
import { type Diagnostic, diagnostic, type Place, Refusal, refuse } from "../core/diagnostic.ts";
import { nearest } from "../core/nearest.ts";
import * as pipe from "./index.ts";
import { framesOf, placeOf } from "./source-place.ts";

/** A bundle says under this name from which folder the `./` of its commands is meant. */
export const folderExport = "__pipe_folder";

let served = false;

/** What whoever bundled it knows of the user's own files; a worker knows nothing of them and needs no more. */
export interface Origin {
  /** The pipeline file: named where nothing better is known. */
  readonly file: string;
  /** Where that name is imported from "pipe". */
  readonly placeOfImport: (name: string) => Place | null;
}

/**
 * The pipeline that a bundle exports, its blocks checked.
 * @param path of the bundle, absolute.
 * @throws Refusal: it throws while it is loaded, exports no pipeline, or the pipeline has mistakes.
 */
export async function loadBundle(path: string, known?: Origin): Promise<pipe.Pipeline> {
  servePipe();
  const origin = known ?? { file: path, placeOfImport: () => null };
  const module = await importBundle(path, origin);
  const exported = module.default;
  if (!(exported instanceof pipe.Pipeline))
    throw refuse({ ...noPipeline(module), place: wholeFile(origin.file) });
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

async function importBundle(path: string, origin: Origin): Promise<Readonly<Record<string, unknown>>> {
  try {
    // A computed path: the bundler that makes the executable must not look for it.
    const module: Readonly<Record<string, unknown>> = await import(path);
    return module;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw refuse(threwAtLoad(error, origin));
  }
}

function threwAtLoad(error: unknown, origin: Origin): Diagnostic {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : `it threw ${String(error)}`;
  const missing = missingExport
    .exec(message)
    ?.slice(1)
    .find((name) => name !== undefined);
  if (missing !== undefined) {
    return { ...missingFromPipe(missing), place: origin.placeOfImport(missing) ?? wholeFile(origin.file) };
  }
  const frames = error instanceof Error ? framesOf(error.stack) : [];
  const [frame] = frames;
  return diagnostic("pipeline-threw", `the pipeline could not be loaded: ${message}`, {
    place: frame === undefined ? wholeFile(origin.file) : placeOf(frame),
    notes: frames.slice(1, 6).map(({ file, line, column }) => `at ${file}:${line}:${column}`),
  });
}

const wholeFile = (file: string): Place => ({ file, line: null, column: null, text: null, length: 1 });

/** How the runtime says that "pipe" lacks a name that is imported, passed on, or wanted as its default. */
const missingExport =
  /Export named '([^']+)' not found in module 'pipe'|export '([^']+)' not found in 'pipe'|Missing '(default)' export in module 'pipe'/;

function missingFromPipe(name: string): Diagnostic {
  const known = Object.keys(pipe);
  const near = nearest(name, known);
  return diagnostic("no-such-export", `"pipe" has no export \`${name}\``, {
    hint: near === null ? `it exports ${known.join(", ")}` : `did you mean \`${near}\`?`,
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
