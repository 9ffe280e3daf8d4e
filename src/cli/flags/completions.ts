// `pipe completions`: for which shell.
import { declareCommand, type ValuesOf } from "../command.ts";

export const shells = ["bash", "zsh", "fish"] as const;

export const completionsDeclaration = declareCommand({
  name: "completions",
  description: "Print a script that completes commands and flags in a shell",
  positionals: {
    shell: { type: "choice", choices: shells, required: true, description: "which shell" },
  },
  flags: {},
  examples: [
    "pipe completions bash > ~/.local/share/bash-completion/completions/pipe",
    "pipe completions zsh > ~/.zfunc/_pipe",
    "pipe completions fish > ~/.config/fish/completions/pipe.fish",
  ],
});

export type CompletionsValues = ValuesOf<typeof completionsDeclaration>;
