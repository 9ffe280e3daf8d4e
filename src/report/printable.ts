// Text from outside, made fit for a terminal. A task's output, a message or a file name may hold escape sequences
// that would clear the screen, move the cursor into the bars, or make a path look like another one.

/** One line, nothing in it that a terminal would obey. Colours are dropped, the rest is shown as `\x1b`, `\u202e`, … */
export function printable(text: string): string {
  return text
    .replace(/\x1b\[[0-9;:]*m/g, "")
    .replace(/\t/g, "    ")
    .replace(dangerous, (character) => escaped(character));
}

/** As `printable`, but nothing is dropped or turned into something else: for values that are compared by eye. */
export function visible(text: string): string {
  return text.replace(dangerous, (character) => escaped(character));
}

/** As `visible`, with everything that is not ASCII by its number: for values that differ and would look the same. */
export function numbered(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x80 ? escaped(character) : `\\u{${code.toString(16)}}`;
  });
}

/** Several lines, each printable; a line that overwrote itself (a progress bar) is shown as it looked last. */
export function printableLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  while (lines.length > 0 && lines.at(-1)?.trim() === "") lines.pop();
  return lines.map((line) => printable(lastOverwrite(line)));
}

/** Cut to `characters`, saying how many are missing, so that one line of a megabyte does not fill the screen. */
export function shortened(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const kept = text.slice(0, characters).replace(/[\ud800-\udbff]$/, "");
  return `${kept}… (${text.length - kept.length} more characters)`;
}

// Controls, what turns the direction of writing, invisible separators, and halves of surrogate pairs.
const dangerous =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  const hex = code.toString(16);
  return code < 0x100 ? `\\x${hex.padStart(2, "0")}` : `\\u${hex.padStart(4, "0")}`;
}

function lastOverwrite(line: string): string {
  const parts = line.split("\r").filter((part) => part.trim() !== "");
  return parts.at(-1) ?? "";
}
