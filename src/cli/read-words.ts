// The command line cut into flags with their words, and positionals. Only the cutting is left to node:util, since its
// own strict mode stops at the first mistake and takes the next flag for a missing value.

import { parseArgs } from "node:util";
import { type CommandDeclaration, type FlagDeclaration, normalisedName } from "./command.ts";
import { type Mistake, mistakes } from "./mistakes.ts";

/** One flag as it stands on the command line. */
export interface GivenFlag {
  readonly name: string;
  /** As it was written, for messages: `--run-local`. */
  readonly written: string;
  /** `--no_x`. */
  readonly negated: boolean;
  readonly words: readonly string[];
}

export interface Words {
  readonly flags: readonly GivenFlag[];
  readonly positionals: readonly string[];
  readonly help: boolean;
  readonly mistakes: readonly Mistake[];
}

export function readWords(declaration: CommandDeclaration, argv: readonly string[]): Words {
  const flags: GivenFlag[] = [];
  const positionals: string[] = [];
  const found: Mistake[] = [];
  let help = false;
  // Where words go: to the positionals, to a flag that still takes some, or nowhere, behind a flag that nobody
  // knows: complaining about its words too would say the same mistake twice.
  let taker: { readonly words: string[]; room: number } | "positionals" | "nowhere" = "positionals";

  for (const part of cut(argv)) {
    switch (part.kind) {
      case "rest":
        positionals.push(...part.words);
        break;
      case "word":
        if (taker === "nowhere") break;
        if (taker === "positionals" || taker.room === 0) positionals.push(part.word);
        else {
          taker.words.push(part.word);
          taker.room--;
        }
        break;
      case "flag": {
        const known = recognise(declaration, part);
        if (known === "help") {
          help = true;
          taker = "positionals";
        } else if (known === null) {
          found.push(mistakes.unknownFlag(declaration, part.written));
          taker = part.value === null ? "nowhere" : "positionals";
        } else {
          const words = part.value === null ? [] : [part.value];
          flags.push({ name: known.name, written: part.written, negated: known.negated, words });
          taker = { words, room: part.value === null ? wordsOf(known.flag) : 0 };
        }
      }
    }
  }
  return { flags, positionals, help, mistakes: found };
}

/** How many words a flag takes behind it. */
function wordsOf(flag: FlagDeclaration): number {
  if (flag.type === "boolean") return 0;
  return flag.type === "list" ? Number.POSITIVE_INFINITY : 1;
}

type Part =
  | { readonly kind: "word"; readonly word: string }
  | { readonly kind: "flag"; readonly written: string; readonly value: string | null }
  /** All behind `--`. */
  | { readonly kind: "rest"; readonly words: readonly string[] };

function cut(argv: readonly string[]): Part[] {
  const end = argv.indexOf("--");
  const before = end === -1 ? argv : argv.slice(0, end);
  // No options are declared here: parseArgs would decide what belongs to them, and that is decided above.
  const { tokens } = parseArgs({
    args: [...before],
    options: {},
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const parts: Part[] = [];
  let last = -1;
  for (const token of tokens) {
    // `-abc` comes as three flags; it is one word that somebody wrote.
    if (token.index === last) continue;
    last = token.index;
    const written = before[token.index] ?? "";
    if (token.kind !== "option" || looksLikeNumber(written)) parts.push({ kind: "word", word: written });
    else if (token.value === undefined) parts.push({ kind: "flag", written, value: null });
    else parts.push({ kind: "flag", written: token.rawName, value: token.value });
  }
  if (end !== -1) parts.push({ kind: "rest", words: argv.slice(end + 1) });
  return parts;
}

/** `-5`, `-.5`, `-1e3` are values wherever they stand: no flag begins with a digit. */
const looksLikeNumber = (word: string): boolean => /^-\.?\d/.test(word);

function recognise(
  declaration: CommandDeclaration,
  { written }: { readonly written: string },
): { readonly name: string; readonly negated: boolean; readonly flag: FlagDeclaration } | "help" | null {
  if (written === "--help" || written === "-h") return "help";
  if (!written.startsWith("--")) {
    const short = Object.entries(declaration.flags).find(([, flag]) => `-${flag.short}` === written);
    return short === undefined ? null : { name: short[0], flag: short[1], negated: false };
  }
  const name = normalisedName(written.slice(2));
  const flag = ownFlag(declaration, name);
  if (flag !== null) return { name, flag, negated: false };
  const positive = name.startsWith("no_") ? name.slice(3) : null;
  const negated = positive === null ? null : ownFlag(declaration, positive);
  if (positive === null || negated === null || negated.type !== "boolean") return null;
  return { name: positive, flag: negated, negated: true };
}

function ownFlag(declaration: CommandDeclaration, name: string): FlagDeclaration | null {
  return Object.hasOwn(declaration.flags, name) ? (declaration.flags[name] ?? null) : null;
}
