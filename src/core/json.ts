// What may be a config value, a statistic, or part of a message: what JSON can carry without loss.
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Not a list, and not null. What is parsed from JSON holds JSON. */
export function isObject(value: Json | undefined): value is JsonObject;
export function isObject(value: unknown): value is { readonly [key: string]: unknown };
export function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
