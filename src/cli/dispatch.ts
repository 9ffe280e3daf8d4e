// The commands, and from a name to the one that is run. Each is loaded when it is called and not before: a worker that
// starts ten thousand times should not carry the report along.

import { refuse } from "../core/diagnostic.ts";
import type { CommandDeclaration, ValuesOf } from "./command.ts";
import { declarations } from "./declarations.ts";
import { exitStatus } from "./exit-status.ts";
import { attachDeclaration } from "./flags/attach.ts";
import { cancelDeclaration } from "./flags/cancel.ts";
import { checkDeclaration } from "./flags/check.ts";
import { cleanDeclaration } from "./flags/clean.ts";
import { completionsDeclaration } from "./flags/completions.ts";
import { doctorDeclaration } from "./flags/doctor.ts";
import { execDeclaration } from "./flags/exec.ts";
import { explainDeclaration } from "./flags/explain.ts";
import { initDeclaration } from "./flags/init.ts";
import { logsDeclaration } from "./flags/logs.ts";
import { runDeclaration } from "./flags/run.ts";
import { statusDeclaration } from "./flags/status.ts";
import { versionDeclaration } from "./flags/version.ts";
import { workerDeclaration } from "./flags/worker.ts";
import { mistakes } from "./mistakes.ts";
import { parseCommandLine } from "./parse.ts";

/** Where help goes, and whether it may be coloured. */
export interface Screen {
  readonly print: (text: string) => void;
  readonly colours: boolean;
}

/**
 * Runs one command and returns the exit status.
 * @param argv everything behind `pipe`.
 * @throws Refusal for whatever is wrong with the command line, all of it at once.
 */
export async function dispatch(argv: readonly string[], screen: Screen): Promise<number> {
  const [first, ...rest] = argv;
  if (first === undefined) {
    screen.print(await overviewText(screen));
    return exitStatus.wrong;
  }
  if (first === "--help" || first === "-h" || first === "help") return await help(rest, screen);
  const name = first === "--version" || first === "-V" ? "version" : first;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw unknownCommand(first);
  return await command(rest, screen);
}

type Runner = (argv: readonly string[], screen: Screen) => Promise<number>;

const commands: Readonly<Record<string, Runner>> = {
  init: runner(initDeclaration, async () => (await import("./init.ts")).initCommand),
  check: runner(checkDeclaration, async () => (await import("./check.ts")).checkCommand),
  status: runner(statusDeclaration, async () => (await import("./status.ts")).statusCommand),
  logs: runner(logsDeclaration, async () => (await import("./logs.ts")).logsCommand),
  run: runner(runDeclaration, async () => (await import("./run.ts")).runCommand),
  exec: runner(execDeclaration, async () => (await import("./exec.ts")).execCommand),
  attach: runner(attachDeclaration, async () => (await import("./attach.ts")).attachCommand),
  cancel: runner(cancelDeclaration, async () => (await import("./cancel.ts")).cancelCommand),
  explain: runner(explainDeclaration, async () => (await import("./explain.ts")).explainCommand),
  doctor: runner(doctorDeclaration, async () => (await import("./doctor.ts")).doctorCommand),
  clean: runner(cleanDeclaration, async () => (await import("./clean.ts")).cleanCommand),
  completions: runner(
    completionsDeclaration,
    async () => (await import("./completions.ts")).completionsCommand,
  ),
  worker: runner(workerDeclaration, async () => (await import("./worker.ts")).workerCommand),
  version: runner(versionDeclaration, async () => (await import("./version.ts")).versionCommand),
};

/** The compiler checks here that a command takes exactly the values that its declaration promises. */
function runner<const D extends CommandDeclaration>(
  declaration: D,
  load: () => Promise<(values: ValuesOf<D>) => Promise<number>>,
): Runner {
  return async (argv, screen) => {
    const line = parseCommandLine(declaration, argv);
    if (line.kind === "wrong") throw refuse(...line.mistakes);
    if (line.kind === "help") return await printUsage(declaration, screen);
    const run = await load();
    return await run(line.values);
  };
}

async function help(words: readonly string[], screen: Screen): Promise<number> {
  const name = words.find((word) => !word.startsWith("-"));
  if (name === undefined) {
    screen.print(await overviewText(screen));
    return exitStatus.fine;
  }
  const declaration = declarations.find((one) => one.name === name);
  if (declaration === undefined) throw unknownCommand(name);
  return await printUsage(declaration, screen);
}

async function printUsage(declaration: CommandDeclaration, screen: Screen): Promise<number> {
  const { commandUsage } = await import("./usage.ts");
  screen.print(await commandUsage(declaration, screen.colours));
  return exitStatus.fine;
}

async function overviewText(screen: Screen): Promise<string> {
  const { overview } = await import("./usage.ts");
  return await overview(declarations, screen.colours);
}

function unknownCommand(written: string) {
  return refuse(mistakes.unknownCommand(written, [...declarations.map((one) => one.name), "help"]));
}
