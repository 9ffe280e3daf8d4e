/** Ends every switch over a union, so that the compiler lists what a new variant forgot. */
export function never(value: never): never {
  throw new Error(`a case that cannot be: ${JSON.stringify(value)}`);
}
