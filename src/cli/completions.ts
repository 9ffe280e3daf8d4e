// `pipe completions`: scripts for three shells, made from the declarations, so that no flag is ever missing from them.

import { never } from "../core/never.ts";
import type { CommandDeclaration, FlagDeclaration } from "./command.ts";
import { declarations } from "./declarations.ts";
import { exitStatus } from "./exit-status.ts";
import type { CompletionsValues } from "./flags/completions.ts";

export async function completionsCommand(values: CompletionsValues): Promise<number> {
  process.stdout.write(completionScript(values.shell));
  return exitStatus.fine;
}

export function completionScript(shell: CompletionsValues["shell"]): string {
  switch (shell) {
    case "bash":
      return bash();
    case "zsh":
      return zsh();
    case "fish":
      return fish();
    default:
      return never(shell);
  }
}

/** `--no_x` is offered where the help mentions it. */
function flagWords(declaration: CommandDeclaration): string[] {
  const words = Object.entries(declaration.flags).flatMap(([name, flag]) =>
    flag.type === "boolean" && flag.negative !== undefined ? [`--${name}`, `--no_${name}`] : [`--${name}`],
  );
  return [...words, "--help"];
}

type Completed = FlagDeclaration | CommandDeclaration["positionals"][string];
const choicesOf = (value: Completed): readonly string[] => (value.type === "choice" ? value.choices : []);
const takesFiles = (value: Completed): boolean => value.type === "path";

const names = (): string => declarations.map((one) => one.name).join(" ");

function bash(): string {
  return `# bash completion for pipe
_pipe() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names()} help --help --version" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]} $before" in
${declarations.flatMap(bashValues).join("\n")}
  esac
  case "\${COMP_WORDS[1]}" in
${declarations.map(bashCommand).join("\n")}
    help) COMPREPLY=($(compgen -W "${names()}" -- "$word")) ;;
  esac
}
complete -o filenames -o bashdefault -F _pipe pipe
`;
}

function bashValues(declaration: CommandDeclaration): string[] {
  return Object.entries(declaration.flags).flatMap(([name, flag]) => {
    if (flag.type === "boolean") return [];
    const pattern = `"${declaration.name} --${name}"|"${declaration.name} --${name.replaceAll("_", "-")}"`;
    const words = takesFiles(flag) ? "-f" : `-W "${choicesOf(flag).join(" ")}"`;
    return [`    ${pattern}) COMPREPLY=($(compgen ${words} -- "$word")); return ;;`];
  });
}

function bashCommand(declaration: CommandDeclaration): string {
  const positionals = Object.values(declaration.positionals);
  const words = [...flagWords(declaration), ...positionals.flatMap(choicesOf)].join(" ");
  const files = positionals.some(takesFiles) ? ' $(compgen -f -- "$word")' : "";
  return `    ${declaration.name}) COMPREPLY=($(compgen -W "${words}" -- "$word")${files}) ;;`;
}

function zsh(): string {
  const list = declarations.map((one) => `    ${zshQuoted(`${one.name}:${one.description}`)}`).join("\n");
  return `#compdef pipe
# zsh completion for pipe
_pipe() {
  local -a commands
  commands=(
${list}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${declarations.map(zshCommand).join("\n")}
  esac
}
if [ "$funcstack[1]" = "_pipe" ]; then _pipe "$@"; else compdef _pipe pipe; fi
`;
}

function zshCommand(declaration: CommandDeclaration): string {
  const flags = Object.entries(declaration.flags).flatMap(([name, flag]) => {
    const repeatable = flag.type === "list" ? "*" : "";
    const spec = `${repeatable}--${name}${flag.type === "boolean" ? "" : "="}[${bracketed(flag.description)}]`;
    const value = flag.type === "boolean" ? "" : `:${zshArgument(flag, flag.placeholder)}`;
    const negative = flag.type === "boolean" ? flag.negative : undefined;
    return [`${spec}${value}`, ...(negative === undefined ? [] : [`--no_${name}[${bracketed(negative)}]`])];
  });
  const positionals = Object.entries(declaration.positionals).map(
    ([name, positional], i) =>
      `${i + 1}:${positional.required ? "" : ":"}${zshArgument(positional, name.toUpperCase())}`,
  );
  const specs = [...flags, "--help[show the help]", ...positionals];
  return `    ${declaration.name})\n      _arguments ${specs.map(zshQuoted).join(" ")}\n      ;;`;
}

function zshArgument(value: Completed, placeholder: string): string {
  const action = takesFiles(value)
    ? "_files"
    : choicesOf(value).length > 0
      ? `(${choicesOf(value).join(" ")})`
      : " ";
  return `${placeholder}:${action}`;
}

const bracketed = (text: string): string => text.replace(/[\\\]:[]/g, "\\$&");
const zshQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function fish(): string {
  return `# fish completion for pipe
complete -c pipe -f
complete -c pipe -n __fish_use_subcommand -l version -d 'Print the version'
complete -c pipe -n __fish_use_subcommand -l help -d 'Show the help'
${declarations.flatMap(fishCommand).join("\n")}
`;
}

function fishCommand(declaration: CommandDeclaration): string[] {
  const { name, description } = declaration;
  const lines = [`complete -c pipe -n __fish_use_subcommand -a ${name} -d ${fishQuoted(description)}`];
  const start = `complete -c pipe -n '__fish_seen_subcommand_from ${name}'`;
  for (const [flagName, flag] of Object.entries(declaration.flags)) {
    const short = flag.short === undefined ? "" : ` -s ${flag.short}`;
    const about = ` -d ${fishQuoted(flag.description)}`;
    lines.push(`${start} -l ${flagName}${short}${flag.type === "boolean" ? "" : fishValue(flag)}${about}`);
    if (flag.type === "boolean" && flag.negative !== undefined) {
      lines.push(`${start} -l no_${flagName} -d ${fishQuoted(flag.negative)}`);
    }
  }
  lines.push(`${start} -l help -d 'Show the help'`);
  for (const positional of Object.values(declaration.positionals)) {
    if (takesFiles(positional)) lines.push(`${start} -F`);
    const choices = choicesOf(positional);
    if (choices.length > 0) lines.push(`${start} -a ${fishQuoted(choices.join(" "))}`);
  }
  return lines;
}

function fishValue(flag: FlagDeclaration): string {
  const choices = choicesOf(flag);
  if (takesFiles(flag)) return " -r -F";
  return choices.length > 0 ? ` -x -a ${fishQuoted(choices.join(" "))}` : " -x";
}

const fishQuoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;
