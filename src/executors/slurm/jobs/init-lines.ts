// `worker_init` as pieces that a shell can run one by one. A failed `module load` in the middle must be told by its line; a
// loop over five lines must stay one piece.

export interface InitPiece {
  /** Counts from 1 over all lines of all entries. */
  readonly line: number;
  readonly text: string;
}

/** Empty lines and comments are no pieces. */
export function initPieces(entries: readonly string[]): readonly InitPiece[] {
  const pieces: InitPiece[] = [];
  let line = 1;
  for (const entry of entries) {
    const lines = entry.replaceAll("\r\n", "\n").replace(/\n+$/, "").split("\n");
    if (lines.every(isWhole)) {
      lines.forEach((text, at) => {
        if (!isNothing(text)) pieces.push({ line: line + at, text: text.trim() });
      });
    } else {
      pieces.push({ line, text: lines.join("\n") });
    }
    line += lines.length;
  }
  return pieces;
}

const isNothing = (line: string): boolean => /^\s*(?:#|$)/.test(line);

/** Whether a line is certainly a command of its own; in doubt it is not, and its entry stays in one piece. */
function isWhole(line: string): boolean {
  if (isNothing(line)) return true;
  const text = withoutQuoted(line);
  if (text === null || /\\$|<<|[`(){}]/.test(text)) return false;
  if (/(?:\|\||&&|\||\b(?:do|then|else|in))\s*$/.test(text)) return false;
  return !/(?:^|[;&|]|\b(?:do|then|else)\b)\s*(?:if|for|while|until|case|select|function|then|do|else|elif|fi|done|esac|coproc)\b/.test(
    text.trim(),
  );
}

/** What stands outside of quotes; null where a quote is not closed. `${…}` and `$(…)` on one line are stepped over too. */
function withoutQuoted(line: string): string | null {
  const text = line.replace(/\\.|'[^']*'|"(?:\\.|[^"\\])*"|\$\{[^{}]*\}|\$\([^()]*\)/g, "x");
  return /['"]/.test(text) ? null : text;
}
