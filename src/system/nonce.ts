// A name that nobody else has: for writers, claims, locks and temporary files. Not from a seeded generator: two
// processes that started alike would then take each other's files for their own.
import { randomBytes } from "node:crypto";

/** 16 hexadecimal digits, 64 random bits. */
export const nonce = (): string => randomBytes(8).toString("hex");
