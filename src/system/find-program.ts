// Whether a program can be started, without starting it.
import { accessSync, constants, statSync } from "node:fs";

export type FoundProgram =
  | { readonly kind: "found"; readonly path: string }
  | { readonly kind: "missing" }
  /** There is a file, which may not be executed. */
  | { readonly kind: "not-executable"; readonly path: string };

/**
 * @param program a name that is looked for on `PATH`, or an absolute path.
 * @param PATH null: this process's own.
 */
export function findProgram(program: string, PATH: string | null = null): FoundProgram {
  if (program.startsWith("/")) return whatIs(program);
  const path = Bun.which(program, { PATH: PATH ?? process.env.PATH ?? "" });
  return path === null ? { kind: "missing" } : { kind: "found", path };
}

function whatIs(path: string): FoundProgram {
  try {
    if (statSync(path).isDirectory()) return { kind: "missing" };
  } catch {
    return { kind: "missing" };
  }
  try {
    accessSync(path, constants.X_OK);
    return { kind: "found", path };
  } catch {
    return { kind: "not-executable", path };
  }
}
