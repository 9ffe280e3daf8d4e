// `pipe init`: where to, and from which template.
import { declareCommand, type ValuesOf } from "../command.ts";
import { colourFlag } from "./common.ts";

export const templateNames = ["deform", "command", "minimal"] as const;

export const initDeclaration = declareCommand({
  name: "init",
  description: "Write a new pipeline to start from, which runs as it is",
  positionals: {
    dir: { type: "path", required: false, description: "the folder to write to (default: this one)" },
  },
  flags: {
    template: {
      type: "choice",
      choices: templateNames,
      placeholder: "NAME",
      description: "what to start from (default: deform)",
    },
    color: colourFlag,
  },
  examples: ["pipe init liver --template minimal"],
});

export type InitValues = ValuesOf<typeof initDeclaration>;
