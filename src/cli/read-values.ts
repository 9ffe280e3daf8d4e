// Words of the command line → typed values. Everything is checked here once; behind it, a number is a number.

import { readMeasure } from "../config/unit-words.ts";
import { parseSampleFolderName, sampleId } from "../core/ids.ts";
import { never } from "../core/never.ts";
import type { AnyValue, FlagDeclaration, ValueDeclaration } from "./command.ts";
import { type Mistake, mistakes } from "./mistakes.ts";
import type { GivenFlag } from "./read-words.ts";

export type Read<T = AnyValue> =
  | { readonly kind: "value"; readonly value: T }
  | { readonly kind: "wrong"; readonly mistake: Mistake };

const value = <T>(read: T): Read<T> => ({ kind: "value", value: read });
const wrong = (mistake: Mistake): Read<never> => ({ kind: "wrong", mistake });

/** The value of a flag from the one or, for a list, the several times it was given. */
export function readFlag(
  flag: FlagDeclaration,
  given: readonly [GivenFlag, ...GivenFlag[]],
  next: (flag: GivenFlag) => string | null,
): Read {
  const [first, second] = given;
  if (flag.type === "list") return readList(flag.placeholder, given, next);
  if (second !== undefined) return wrong(mistakes.repeated(second.written, first.written));
  if (flag.type === "boolean") return readBoolean(first);
  const [word] = first.words;
  if (word === undefined) return wrong(mistakes.missingValue(first.written, flag.placeholder, next(first)));
  return readWord(flag, `\`${first.written}\``, word);
}

/** One word; `what` names it in a message: "`--seed`", "SAMPLE". */
export function readWord(declared: ValueDeclaration, what: string, word: string): Read {
  if (word === "" && !(declared.type === "text" && declared.mayBeEmpty === true)) {
    return wrong(mistakes.emptyValue(what));
  }
  switch (declared.type) {
    case "text":
    case "path":
      return value(word);
    case "integer":
      return readInteger(declared, what, word);
    case "number":
      return readNumber(declared, what, word);
    case "choice":
      return declared.choices.includes(word)
        ? value(word)
        : wrong(mistakes.unknownChoice(what, word, declared.choices));
    case "sample":
      return readSample(what, word);
    case "duration":
    case "size":
      return readUnit(declared.type, what, word);
    default:
      return never(declared);
  }
}

function readBoolean(given: GivenFlag): Read {
  const [word] = given.words;
  if (word === undefined) return value(!given.negated);
  if (!given.negated && (word === "true" || word === "false")) return value(word === "true");
  return wrong(mistakes.surplusValue(given.written, word));
}

function readList(
  placeholder: string,
  given: readonly GivenFlag[],
  next: (flag: GivenFlag) => string | null,
): Read {
  const elements: string[] = [];
  for (const flag of given) {
    if (flag.words.length === 0) return wrong(mistakes.missingValue(flag.written, placeholder, next(flag)));
    for (const word of flag.words) {
      if (word === "") return wrong(mistakes.emptyValue(`\`${flag.written}\``));
      const parts = word.split(",").map((part) => part.trim());
      if (parts.includes("")) return wrong(mistakes.emptyElement(flag.written, word));
      elements.push(...parts);
    }
  }
  return value(elements);
}

interface Range {
  readonly minimum?: number;
  readonly maximum?: number;
}

function readInteger(range: Range, what: string, word: string): Read {
  if (!/^[+-]?\d+$/.test(word)) {
    const meant = /^[+-]?[\d.,_]+(e\d+)?$/i.test(word) ? Number(word.replace(/[,_]/g, "")) : Number.NaN;
    const hint = Number.isSafeInteger(meant) ? { hint: `write \`${meant}\`` } : {};
    return wrong(mistakes.notOne(what, word, { code: "bad-number", kind: "whole number", ...hint }));
  }
  const read = Number(word);
  // Beyond 2^53 two numbers that look different would be one.
  const minimum = range.minimum ?? Number.MIN_SAFE_INTEGER;
  const maximum = range.maximum ?? Number.MAX_SAFE_INTEGER;
  if (read >= minimum && read <= maximum) return value(read === 0 ? 0 : read);
  return wrong(
    mistakes.outOfRange(
      what,
      word,
      rangeWords({ ...range, ...(read > maximum ? { maximum } : { minimum }) }),
    ),
  );
}

function readNumber(range: Range, what: string, word: string): Read {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word)) {
    return wrong(mistakes.notOne(what, word, { code: "bad-number", kind: "number" }));
  }
  const read = Number(word);
  const minimum = range.minimum ?? -Number.MAX_VALUE;
  const maximum = range.maximum ?? Number.MAX_VALUE;
  if (read >= minimum && read <= maximum) return value(read);
  return wrong(
    mistakes.outOfRange(
      what,
      word,
      rangeWords({ ...range, ...(read > maximum ? { maximum } : { minimum }) }),
    ),
  );
}

export function rangeWords({ minimum, maximum }: Range): string {
  if (minimum !== undefined && maximum !== undefined) return `between ${minimum} and ${maximum}`;
  if (minimum !== undefined) return `at least ${minimum}`;
  return `at most ${maximum}`;
}

function readSample(what: string, word: string): Read {
  const name = word.replace(/\/$/, "");
  const folder = parseSampleFolderName(name);
  if (folder !== null) return value(folder);
  if (/^\d{1,15}$/.test(name)) return value(sampleId(Number(name)));
  return wrong(
    mistakes.notOne(what, word, {
      code: "bad-sample",
      kind: "sample",
      hint: "write its number, as in `42` or `000042`",
    }),
  );
}

function readUnit(kind: "duration" | "size", what: string, word: string): Read {
  const measured = readMeasure(kind, word);
  if (measured.kind === "ok") return value(measured.value);
  return wrong(mistakes.badUnit(what, word, measured));
}
