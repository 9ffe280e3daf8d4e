// A command is declared once, as data: from it come the strict check of the command line, the types of its values,
// the help text and the shell completions. Declared twice, a flag would one day be known to one of them only.
//
// The parser of the library that renders our help accepts unknown flags, surplus words and `--max_processes many`
// in silence; somebody's cluster hours would pay for that. So it renders, and what is checked is checked here.

import type { CamelCase } from "../core/camel-case.ts";
import type { Bytes, SampleId, Seconds } from "../core/ids.ts";

/** What a word on the command line may stand for. */
export type ValueDeclaration =
  | { readonly type: "text"; readonly mayBeEmpty?: true }
  /** A file or folder; relative to the working directory. Kept as it was written. */
  | { readonly type: "path" }
  | { readonly type: "integer"; readonly minimum?: number; readonly maximum?: number }
  | { readonly type: "number"; readonly minimum?: number; readonly maximum?: number }
  | { readonly type: "choice"; readonly choices: readonly string[] }
  /** A sample's number, also written as its folder's name: `42`, `000042`, `000042/`. */
  | { readonly type: "sample" }
  /** `90s`, `30m`, `1h30m`: with a unit. */
  | { readonly type: "duration" }
  /** `512M`, `4G`: with a unit. */
  | { readonly type: "size" };

export type FlagDeclaration = {
  /** What it does, for the help: lower case, no full stop. */
  readonly description: string;
  /** A single letter. */
  readonly short?: string;
} & (
  | {
      readonly type: "boolean";
      readonly default?: boolean;
      /** What `--no_x` does, where the help should mention it. */
      readonly negative?: string;
    }
  /** Comma-separated, repeated, or several words that end at the next flag. */
  | { readonly type: "list"; readonly placeholder: string }
  | (ValueDeclaration & { readonly placeholder: string; readonly required?: true })
);

export type PositionalDeclaration = {
  readonly description: string;
  readonly required: boolean;
} & ValueDeclaration;

export interface CommandDeclaration {
  readonly name: string;
  readonly description: string;
  /** In the order in which they are written. */
  readonly positionals: Readonly<Record<string, PositionalDeclaration>>;
  readonly flags: Readonly<Record<string, FlagDeclaration>>;
  /** Command lines to learn from. */
  readonly examples: readonly string[];
}

/** Keeps the literal types, so that `ValuesOf` can tell what each flag's value is. */
export function declareCommand<const D extends CommandDeclaration>(declaration: D): D {
  return declaration;
}

/**
 * What a command gets: `--data_path` becomes `dataPath`. null where a flag or a positional was not given, false and
 * true for booleans only where somebody said so, unless the declaration has a default.
 */
export type ValuesOf<D extends CommandDeclaration> = {
  readonly [K in keyof D["positionals"] as CamelCase<K>]: D["positionals"][K] extends { required: true }
    ? ValueOf<D["positionals"][K]>
    : ValueOf<D["positionals"][K]> | null;
} & {
  readonly [K in keyof D["flags"] as CamelCase<K>]: D["flags"][K] extends
    | { default: boolean }
    | { required: true }
    ? ValueOf<D["flags"][K]>
    : ValueOf<D["flags"][K]> | null;
};

type ValueOf<F> = F extends { type: "boolean" }
  ? boolean
  : F extends { type: "integer" | "number" }
    ? number
    : F extends { type: "choice"; choices: readonly (infer C)[] }
      ? C
      : F extends { type: "list" }
        ? readonly string[]
        : F extends { type: "sample" }
          ? SampleId
          : F extends { type: "duration" }
            ? Seconds
            : F extends { type: "size" }
              ? Bytes
              : string;

/** Any value that a flag or a positional may have, for those who do not know which command it is. */
export type AnyValue = boolean | number | string | readonly string[] | null;

/** A flag as it is written: `--run_local` and `--run-local` are the same. */
export const normalisedName = (written: string): string => written.replaceAll("-", "_");

/** `pipe exec BLOCK SAMPLE`, `pipe run [PIPELINE]`. */
export function synopsis(declaration: CommandDeclaration): string {
  const words = Object.entries(declaration.positionals).map(([name, positional]) =>
    positional.required ? name.toUpperCase() : `[${name.toUpperCase()}]`,
  );
  return ["pipe", declaration.name, ...words].join(" ");
}
