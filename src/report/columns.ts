// How many columns text takes on a terminal, and cutting and padding by that measure. Counted by characters, a sample's
// Japanese message would push the line past the edge, the terminal would wrap it, and the bars would climb up the screen.

export const widthOf = (text: string): number => Bun.stringWidth(text);

/** At most `width` columns; an ellipsis tells that something is missing. Escape sequences of ours are kept whole. */
export function cutTo(text: string, width: number): string {
  if (width <= 0) return "";
  if (widthOf(text) <= width) return text;
  // A wide character that straddles the edge is kept by sliceAnsi, and would be one column too much.
  for (let end = width; end > 0; end--) {
    const cut = Bun.sliceAnsi(text, 0, end, "…");
    if (widthOf(cut) <= width) return cut;
  }
  return "…";
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - widthOf(text))) + text;
}

/** Rows in equal columns, two spaces between; `right` says which columns are figures. Trailing spaces are dropped. */
export function aligned(rows: readonly (readonly string[])[], right: (column: number) => boolean): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, i) => (right(i) ? padStart(cell, widths[i] ?? 0) : padEnd(cell, widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
