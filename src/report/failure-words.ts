// What the words of every failure are made of.
import { printable } from "./printable.ts";

export interface FailureWords {
  /** Follows "Simulate_0 failed on sample 000042: ". One line. */
  readonly line: string;
  /** Indented below it. */
  readonly notes: readonly string[];
  readonly hint: string | null;
}

export function words(line: string, notes: readonly string[] = [], hint: string | null = null): FailureWords {
  return { line, notes, hint };
}

export const quoted = (text: string): string => `\`${printable(text)}\``;
