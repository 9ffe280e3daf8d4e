// One field after another of what came from outside: a typed value, or a complaint that names the field.
import { type Diagnostic, diagnostic } from "../core/diagnostic.ts";

export type Checked<Message> =
  | { readonly kind: "good"; readonly message: Message }
  | { readonly kind: "bad"; readonly diagnostic: Diagnostic };

export class Mismatch extends Error {}

export type Fields = { readonly [key: string]: unknown };

/** Runs `read` over the value; what it complains of becomes a diagnostic. */
export function checked<Message>(
  from: string,
  value: unknown,
  read: (value: unknown) => Message,
): Checked<Message> {
  try {
    return { kind: "good", message: read(value) };
  } catch (error) {
    if (!(error instanceof Mismatch || error instanceof RangeError)) throw error;
    const message = `a message from the ${from} cannot be understood: ${error.message}`;
    const notes = [`it began with ${JSON.stringify(value)?.slice(0, 200) ?? "nothing"}`];
    return { kind: "bad", diagnostic: diagnostic("bad-message", message, { notes }) };
  }
}

export function object(value: unknown, name: string): Fields {
  if (!isFields(value)) throw new Mismatch(`\`${name}\` is no object`);
  return value;
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function list(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Mismatch(`\`${name}\` is no list`);
  return value;
}

export function number(value: unknown, name: string): number {
  if (typeof value !== "number") throw new Mismatch(`\`${name}\` is no number`);
  return value;
}

export function text(value: unknown, name: string): string {
  if (typeof value !== "string") throw new Mismatch(`\`${name}\` is no text`);
  return value;
}

export function orNull<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === null ? null : read(value);
}

export function flag(value: unknown, name: string): boolean {
  if (typeof value !== "boolean") throw new Mismatch(`\`${name}\` is neither true nor false`);
  return value;
}
