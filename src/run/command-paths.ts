// `./mesh.py` in a command must be there before anything starts: a typing mistake would otherwise fail every sample of
// the run, one after the other.
import { existsSync } from "node:fs";
import { basename, dirname } from "node:path";
import { CommandBlock } from "../api/command.ts";
import type { PipelinePart } from "../api/parts.ts";
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { parseTemplate } from "../core/placeholder.ts";
import { nearestFile } from "./bundle-errors.ts";
import { isScriptName, type NamedPaths, namedPaths } from "./named-paths.ts";

/** `index`: of the part whose command names a file that is not there. */
export function missingCommandFiles(
  parts: readonly PipelinePart[],
): readonly { readonly index: number; readonly problem: Diagnostic }[] {
  return parts.flatMap(({ block, spec }, index) => {
    if (!(block instanceof CommandBlock) || spec.kind.kind === "code") return [];
    const { argv } = spec.kind;
    return block.argv.flatMap((written, at) => {
      if (!/^\.\.?\//.test(written)) return [];
      const path = withoutPlaceholders(argv[at] ?? "");
      if (path !== null) {
        return existsSync(path) ? [] : [{ index, problem: missing(spec.name, written, path) }];
      }
      // What is no program may be what the command is to write.
      if (at > 0 && !isScriptName(written)) return [];
      const named = namedPaths(argv[at] ?? "", "/");
      if (named === null || named.paths.length > 0) return [];
      return [{ index, problem: noneNamed(spec.name, written, named) }];
    });
  });
}

/** Which file a path with values in it means, only the sample knows: null. */
export function withoutPlaceholders(element: string): string | null {
  const template = parseTemplate(element);
  if (template.kind === "bad-template") return null;
  return template.pieces.every((piece) => piece.kind === "text")
    ? template.pieces.map((piece) => (piece.kind === "text" ? piece.text : "")).join("")
    : null;
}

function missing(block: string, written: string, path: string): Diagnostic {
  const near = nearestFile(path);
  const last = written.lastIndexOf("/") + 1;
  return diagnostic("no-such-file", `${block}: there is no ${JSON.stringify(written)}`, {
    notes: [`looked for ${basename(path)} in ${dirname(path)}`],
    ...(near === null ? {} : { hint: `did you mean ${JSON.stringify(written.slice(0, last) + near)}?` }),
  });
}

function noneNamed(block: string, written: string, { pattern, root }: NamedPaths): Diagnostic {
  return diagnostic("no-such-file", `${block}: there is no file that ${JSON.stringify(written)} can name`, {
    notes: [`looked for ${pattern} in ${root}`],
  });
}
