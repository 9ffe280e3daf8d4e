// What may be a config value, a statistic, or part of a message: what JSON can carry without loss.
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };
