// What a block may be called: the name becomes a folder, a flag's value, a part of column names and a key of `sample.config`.

/** What is wrong with it, as a hint; null where nothing is. */
export function blockNameProblem(name: string): string | null {
  if (!isPlainName(name)) return "a name is made of letters, digits and `_`, and does not begin with a digit";
  return isMember(name)
    ? `take another one: every object of JavaScript has a \`${name}\`, so \`sample.config.${name}\` would be that`
    : null;
}

/** A type gets a number behind it, so more is allowed there. */
export const isPlainName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);

const isMember = (name: string): boolean => name === "prototype" || name in Object.prototype;
