// What is written down of a job of pilots before it is submitted, for whoever takes the run over.
import type { JsonObject } from "../../../core/json.ts";

export interface JobFacts {
  readonly nodes: number;
  readonly options: Readonly<Record<string, string>>;
  /** The run in whose folder its mailboxes lie: an earlier one than that which it serves, where it was taken over. */
  readonly home: string;
}

export const factsOfJob = ({ nodes, options, home }: JobFacts): JsonObject => ({
  ...{ mode: "pilot", nodes, options, home },
});

/** Null where it is no job of pilots. */
export function jobFactsIn(facts: JsonObject, runFolder: string): JobFacts | null {
  const { mode, nodes, options, home } = facts;
  if (mode !== "pilot" || typeof nodes !== "number" || !isTexts(options)) return null;
  return { nodes, options, home: typeof home === "string" ? home : runFolder };
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => typeof one === "string");
}
