// What a block may be called: the name becomes a folder, a flag's value, a part of column names and a key of `sample.config`.
export type NameProblem = { readonly hint: string };

/** Null where there is none. */
export function blockNameProblem(name: string): NameProblem | null {
  if (!isPlainName(name)) {
    return { hint: "a name is made of letters, digits and `_`, and does not begin with a digit" };
  }
  if (!isMember(name)) return null;
  const hint = `take another one: every object of JavaScript has a \`${name}\`, so \`sample.config.${name}\` would be that`;
  return { hint };
}

/** A type gets a number behind it, so more is allowed there. */
export const isPlainName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);

const isMember = (name: string): boolean => name === "prototype" || name in Object.prototype;
