// Every mistake that a command line can hold, in words. Beside each other, so that they speak with one voice.

import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";
import { nearest } from "../core/nearest.ts";
import { type CommandDeclaration, normalisedName, synopsis } from "./command.ts";

export type Mistake = Diagnostic;

export const mistakes = {
  unknownCommand(written: string, known: readonly string[]): Mistake {
    const near = nearest(written, known);
    const looksLikePipeline = /\.(ts|mts|js|mjs|toml)$/.test(written);
    return diagnostic("unknown-command", `unknown command \`${written}\``, {
      hint:
        near !== null
          ? `did you mean \`${near}\`?`
          : looksLikePipeline
            ? `to run a pipeline, write \`pipe run ${written}\``
            : "`pipe --help` lists the commands",
    });
  },

  unknownFlag(declaration: CommandDeclaration, written: string): Mistake {
    const names = Object.entries(declaration.flags).flatMap(([name, flag]) =>
      flag.type === "boolean" ? [name, `no_${name}`] : [name],
    );
    const near = nearest(normalisedName(written.replace(/^-+/, "")), [...names, "help"]);
    return diagnostic("unknown-flag", `unknown flag \`${written}\``, {
      hint: near === null ? helpHint(declaration) : `did you mean \`--${near}\`?`,
    });
  },

  repeated(written: string, first: string): Mistake {
    return diagnostic(
      "repeated-flag",
      written === first ? `\`${written}\` is given twice` : `\`${first}\` and \`${written}\` are both given`,
      { hint: "leave one of them out" },
    );
  },

  /** `word` is what followed, where it looked like a flag. */
  missingValue(written: string, placeholder: string, word: string | null): Mistake {
    return diagnostic("missing-value", `\`${written}\` needs a value`, {
      hint:
        word === null
          ? `write \`${written} ${placeholder}\``
          : `write \`${written} ${placeholder}\`, or \`${written}=${word}\` if that is the value`,
    });
  },

  emptyValue(what: string): Mistake {
    return diagnostic("empty-value", `${what} is empty`, {
      hint: "check the variable that it may come from",
    });
  },

  emptyElement(written: string, value: string): Mistake {
    return diagnostic("empty-value", `\`${written}\` is "${value}": nothing stands beside a comma`, {
      hint: "leave out the surplus comma",
    });
  },

  surplusValue(written: string, value: string): Mistake {
    return diagnostic("surplus-value", `\`${written}\` takes no value, but was given "${value}"`, {
      hint: `write \`${written}\` alone`,
    });
  },

  notOne(
    what: string,
    value: string,
    wanted: { readonly code: string; readonly kind: string; readonly hint?: string },
  ): Mistake {
    return diagnostic(wanted.code, `${what} is "${value}", which is no ${wanted.kind}`, {
      ...(wanted.hint === undefined ? {} : { hint: wanted.hint }),
    });
  },

  badUnit(
    what: string,
    value: string,
    bad: { readonly problem: string; readonly example: string; readonly forms: string },
  ): Mistake {
    return diagnostic("bad-unit", `${what} is "${value}", ${bad.problem}`, {
      hint: `write \`${bad.example}\`, or another of ${bad.forms}`,
    });
  },

  outOfRange(what: string, value: string, range: string): Mistake {
    return diagnostic("out-of-range", `${what} is ${value}; it must be ${range}`);
  },

  unknownChoice(what: string, value: string, choices: readonly string[]): Mistake {
    const near = nearest(value, choices);
    return diagnostic("unknown-choice", `${what} is "${value}"; it must be ${alternatives(choices)}`, {
      ...(near === null ? {} : { hint: `did you mean \`${near}\`?` }),
    });
  },

  surplusPositional(declaration: CommandDeclaration, word: string): Mistake {
    return diagnostic("surplus-argument", `unexpected argument \`${word}\``, {
      hint: `the command is \`${synopsis(declaration)}\` and flags`,
    });
  },

  missingPositional(declaration: CommandDeclaration, name: string): Mistake {
    return diagnostic("missing-argument", `${name.toUpperCase()} is missing`, {
      hint: `write \`${synopsis(declaration)}\``,
    });
  },

  missingFlag(name: string, placeholder: string): Mistake {
    return diagnostic("missing-flag", `\`--${name}\` is missing`, {
      hint: `add \`--${name} ${placeholder}\``,
    });
  },
} as const;

/** "a", "a or b", "a, b or c", in backticks. */
export function alternatives(words: readonly string[]): string {
  const quoted = words.map((word) => `\`${word}\``);
  const last = quoted.at(-1) ?? "";
  return quoted.length < 2 ? last : `${quoted.slice(0, -1).join(", ")} or ${last}`;
}

function helpHint(declaration: CommandDeclaration): string {
  return `\`pipe ${declaration.name} --help\` lists the flags`;
}
