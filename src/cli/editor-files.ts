// What makes a pipeline type-check, in an editor and by `pipe check`, where nothing was ever installed: the types of
// "pipe" itself and those of Node and Bun, and a tsconfig that finds them.
import { join } from "node:path";
import { declarations, type Files, typePackages } from "../generated/embedded.ts";

/** Beside the pipeline; written anew whenever pipe is another version. */
export const declarationsName = "pipe.d.ts";
/** Below it lie the types of Node and Bun, as packages lie in node_modules. */
export const typesName = ".pipe/types";

/** @param types path of the folder that `typesName` names, as the tsconfig is to say it. */
export const compilerOptions = (types: string): Readonly<Record<string, unknown>> => ({
  target: "esnext",
  lib: ["esnext"],
  module: "preserve",
  moduleResolution: "bundler",
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  typeRoots: [`${types}/node_modules/@types`],
  types: ["bun"],
});

/** Samples are by the thousand, and no compiler should look through them. */
export const tsconfigText = (): string =>
  `${JSON.stringify(
    {
      compilerOptions: compilerOptions(`./${typesName}`),
      include: ["**/*.ts"],
      exclude: ["node_modules", "data", "**/runinfo"],
    },
    null,
    2,
  )}\n`;

export const declarationsText = (): string => declarations();

/** Was this pipe.d.ts written by pipe? Then it may be written again. */
export const isOurDeclarations = (text: string): boolean => text.startsWith("// Written by `pipe`");

/** Relative path → text. */
export function typeFiles(): Files {
  return Object.fromEntries(
    Object.entries(typePackages()).map(([path, text]) => [join(typesName, "node_modules", path), text]),
  );
}
