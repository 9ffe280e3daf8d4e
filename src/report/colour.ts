// Whether colours are wanted, and the few there are. Asked in one place, or a log file fills with escape sequences
// from the one message that forgot to ask.

export interface Palette {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly good: (text: string) => string;
  readonly hint: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

/**
 * `flag` is what `--color` / `--no_color` said, null where neither was given. Otherwise colours need a terminal that
 * can show them, and no NO_COLOR (set and not empty, https://no-color.org).
 */
export function coloursWanted(asked: {
  readonly flag: boolean | null;
  readonly isTerminal: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): boolean {
  if (asked.flag !== null) return asked.flag;
  if (!asked.isTerminal || asked.environment.TERM === "dumb") return false;
  return (asked.environment.NO_COLOR ?? "") === "";
}

export function palette(colours: boolean): Palette {
  return colours ? ansi : plain;
}

const asItIs = (text: string): string => text;
const plain: Palette = {
  error: asItIs,
  warning: asItIs,
  good: asItIs,
  hint: asItIs,
  strong: asItIs,
  faint: asItIs,
};

const sgr =
  (start: string, end: number) =>
  (text: string): string =>
    text === "" ? "" : `\x1b[${start}m${text}\x1b[${end}m`;
const ansi: Palette = {
  error: sgr("1;31", 0),
  warning: sgr("33", 39),
  good: sgr("32", 39),
  hint: sgr("36", 39),
  strong: sgr("1", 22),
  faint: sgr("2", 22),
};
