// Values of a sample are read by many blocks: if one could change an object in place, the next would see it in the
// sequential executor and not see it in a worker of its own.

/** The same value, frozen with all in it. What is frozen already is not walked again. */
export function deepFrozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const field of Object.values(value)) deepFrozen(field);
  return Object.freeze(value);
}
