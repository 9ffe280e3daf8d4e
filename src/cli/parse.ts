// argv → the typed values of one command, or everything that is wrong with it at once: whoever submits from a script
// on a cluster wants to mend all mistakes in one go.

import { camelCase } from "../core/camel-case.ts";
import type { CommandDeclaration, FlagDeclaration, ValuesOf } from "./command.ts";
import { type AnyValue, normalisedName } from "./command.ts";
import { type Mistake, mistakes } from "./mistakes.ts";
import { readFlag, readWord } from "./read-values.ts";
import { type GivenFlag, readWords } from "./read-words.ts";

export type CommandLine<D extends CommandDeclaration> =
  | { readonly kind: "values"; readonly values: ValuesOf<D> }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly mistakes: readonly Mistake[] };

/** @param argv what follows the command's name. */
export function parseCommandLine<D extends CommandDeclaration>(
  declaration: D,
  argv: readonly string[],
): CommandLine<D> {
  const words = readWords(declaration, argv);
  if (words.help) return { kind: "help" };
  const found: Mistake[] = [...words.mistakes];
  const values: Record<string, AnyValue> = {};

  readPositionals(declaration, words.positionals, values, found);
  for (const [name, flag] of Object.entries(declaration.flags)) {
    const [first, ...others] = words.flags.filter((given) => given.name === name);
    if (first === undefined) {
      values[camelCase(name)] = defaultOf(name, flag, found);
      continue;
    }
    const read = readFlag(flag, [first, ...others], (given) => valueMeantBehind(given, words.flags, argv));
    if (read.kind === "value") values[camelCase(name)] = read.value;
    else found.push(read.mistake);
  }
  if (found.length > 0) return { kind: "wrong", mistakes: found };
  // The one place where the compiler has to be told: the loops above went over the very declaration that
  // `ValuesOf` is computed from.
  return { kind: "values", values: values as ValuesOf<D> };
}

function readPositionals(
  declaration: CommandDeclaration,
  words: readonly string[],
  values: Record<string, AnyValue>,
  found: Mistake[],
): void {
  const declared = Object.entries(declaration.positionals);
  for (const [index, [name, positional]] of declared.entries()) {
    const word = words[index];
    if (word === undefined) {
      values[camelCase(name)] = null;
      if (positional.required) found.push(mistakes.missingPositional(declaration, name));
      continue;
    }
    const read = readWord(positional, name.toUpperCase(), word);
    if (read.kind === "value") values[camelCase(name)] = read.value;
    else found.push(read.mistake);
  }
  for (const word of words.slice(declared.length)) found.push(mistakes.surplusPositional(declaration, word));
}

function defaultOf(name: string, flag: FlagDeclaration, found: Mistake[]): AnyValue {
  if (flag.type === "boolean") return flag.default ?? null;
  if (flag.type !== "list" && flag.required === true)
    found.push(mistakes.missingFlag(name, flag.placeholder));
  return null;
}

/** `--comment -x`: the unknown flag behind a flag without a value may have been meant as that value. */
function valueMeantBehind(
  given: GivenFlag,
  flags: readonly GivenFlag[],
  argv: readonly string[],
): string | null {
  const next = argv[argv.indexOf(given.written) + 1];
  if (next === undefined || !next.startsWith("-") || next === "--") return null;
  const name = normalisedName(next.replace(/=.*$/s, ""));
  return flags.some((flag) => normalisedName(flag.written) === name) ? null : next;
}
