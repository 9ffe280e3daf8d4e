// How a field is called behind the name of what it is a field of, so that no two fields have one path.

/** `.size`, or `["my size"]` where a dot would not do. */
export function fieldName(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
