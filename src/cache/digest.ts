// A short name for a long text. Only for canonical texts: two values with one text would have one name.
import { digest } from "ohash/crypto";
import type { SampleId } from "../core/ids.ts";
import type { Digest } from "./record.ts";

/**
 * The first 132 bits of the text's sha256: for two of a thousand million texts to share them by accident, one would have to
 * try 10^21 times. The other half would cost 84 bytes in the record of every task.
 */
export function digestOf(text: string): Digest {
  return digest(text).slice(0, length) as Digest;
}

/**
 * Of a sample on which nothing has been done: its ID says it all. Every first block of every sample is compared with this;
 * and no text can have it for its digest.
 */
export function digestOfFresh(sample: SampleId): Digest {
  return `@${sample}` as Digest;
}

export function isDigest(text: unknown): text is Digest {
  return typeof text === "string" && /^(?:[\w-]{22}|@\d{1,16})$/.test(text);
}

const length = 22;
