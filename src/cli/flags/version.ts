// `pipe version`, for those who do not guess `--version`.
import { declareCommand, type ValuesOf } from "../command.ts";

export const versionDeclaration = declareCommand({
  name: "version",
  description: "Print the version",
  positionals: {},
  flags: {},
  examples: [],
});

export type VersionValues = ValuesOf<typeof versionDeclaration>;
