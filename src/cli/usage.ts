// The help text, rendered by citty from our declarations. Loaded only when somebody asks for help: no other command
// should pay for it.

import { type ArgsDef, type CommandDef, renderUsage } from "citty";
import { version } from "../generated/version.ts";
import type { CommandDeclaration, FlagDeclaration, PositionalDeclaration } from "./command.ts";

/** The help of one command, ending with a newline; escape sequences only where `colours` says so. */
export async function commandUsage(declaration: CommandDeclaration, colours: boolean): Promise<string> {
  const usage = await renderUsage(asCitty(declaration), { meta: { name: "pipe", version } });
  const examples =
    declaration.examples.length === 0
      ? []
      : ["", heading("EXAMPLES"), "", ...declaration.examples.map((line) => `  ${line}`)];
  return finished([inOurWords(usage), ...examples], colours);
}

/** The help of `pipe` itself. */
export async function overview(
  declarations: readonly CommandDeclaration[],
  colours: boolean,
): Promise<string> {
  const usage = await renderUsage({
    meta: {
      name: "pipe",
      version,
      description: "Generate datasets: many samples through the same list of steps",
    },
    subCommands: Object.fromEntries(declarations.map((one) => [one.name, asCitty(one)])),
  });
  return finished([usage.replace(/ \S*init\|\S*/, " COMMAND").replace("<command>", "COMMAND")], colours);
}

function asCitty(declaration: CommandDeclaration): CommandDef<ArgsDef> {
  const args: ArgsDef = {};
  for (const [name, positional] of Object.entries(declaration.positionals)) {
    args[name] = positionalArgument(positional);
  }
  for (const [name, flag] of Object.entries(declaration.flags)) args[name] = flagArgument(flag);
  return { meta: { name: declaration.name, description: declaration.description }, args };
}

function positionalArgument(positional: PositionalDeclaration): ArgsDef[string] {
  const { description, required } = positional;
  return { type: "positional", description: described(description, positional), required };
}

function flagArgument(flag: FlagDeclaration): ArgsDef[string] {
  const { description } = flag;
  const alias = flag.short === undefined ? {} : { alias: flag.short };
  if (flag.type === "boolean") {
    const negative = flag.negative === undefined ? {} : { negativeDescription: flag.negative };
    return { type: "boolean", description, ...alias, ...negative };
  }
  const required = flag.type !== "list" && flag.required === true;
  if (flag.type === "choice") {
    return { type: "enum", description, options: [...flag.choices], required, ...alias };
  }
  return { type: "string", description, valueHint: flag.placeholder, required, ...alias };
}

function described(description: string, positional: PositionalDeclaration): string {
  return positional.type === "choice" ? `${description}: ${positional.choices.join(", ")}` : description;
}

const heading = (text: string): string => `\x1b[4m\x1b[1m${text}\x1b[22m\x1b[24m`;

/**
 * citty writes `--no-x` and `--x=<V>`; our pages write `--no_x` and `--x V`. Its first column is aligned to the right. It
 * puts positionals behind the flags, where a flag with a list would take them for its own.
 */
function inOurWords(usage: string): string {
  return usage
    .trimEnd()
    .replace(/ \[OPTIONS\]((?: (?:<\w+>|\[\w+\]))+)/, (_, positionals: string) => {
      return `${positionals.replace(/[<>]/g, "")} [OPTIONS]`;
    })
    .split("\n")
    .map((line) => {
      const plain = line.replace(/=<([^>]+)>/g, " $1").replace(/--no-(?=\w)/g, "--no_");
      return line.startsWith(" ") ? " ".repeat(line.length - plain.length) + plain : plain;
    })
    .join("\n");
}

function finished(parts: readonly string[], colours: boolean): string {
  const text = `${parts
    .join("\n")
    .replace(/[ \t]+(?=(?:\x1b\[\d+m)*$)/gm, "")
    .trimEnd()}\n`;
  return colours ? text : Bun.stripANSI(text);
}
