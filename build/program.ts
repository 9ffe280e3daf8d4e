// Starting a program and waiting for it: shown to the person, or captured. One place, so that every child gets the same
// cleaned environment: BUN_OPTIONS would run somebody's code in our compiler, BUN_BE_BUN would turn our executable into bun.
import { root } from "./places.ts";

export interface Captured {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which it is killed. */
  readonly timeout?: number;
}

/** Runs it in the foreground; what it prints is the person's. Returns its exit status, 128 + n after a signal. */
export async function show(command: readonly string[], options: ProgramOptions = {}): Promise<number> {
  const child = Bun.spawn([...command], {
    ...surroundings(options),
    stdio: ["inherit", "inherit", "inherit"],
    ...(options.timeout === undefined ? {} : { timeout: options.timeout, killSignal: "SIGKILL" }),
  });
  return await endOf(child);
}

/** Runs it with standard output captured and standard error shown. */
export async function showErrors(
  command: readonly string[],
  options: ProgramOptions = {},
): Promise<Captured> {
  const child = Bun.spawn([...command], { ...surroundings(options), stdio: ["inherit", "pipe", "inherit"] });
  const [status, stdout] = await Promise.all([endOf(child), child.stdout.text()]);
  return { status, stdout, stderr: "" };
}

/**
 * We end after the child, not before: Ctrl-C reaches it through the terminal and it may have things to finish; whoever
 * sends us a signal means it.
 */
async function endOf(child: Bun.Subprocess<"inherit", "inherit" | "pipe", "inherit">): Promise<number> {
  const handlers = {
    SIGINT: () => {},
    SIGTERM: () => child.kill("SIGTERM"),
    SIGHUP: () => child.kill("SIGHUP"),
  } as const;
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  try {
    return await child.exited;
  } finally {
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
  }
}

/** Runs it silently. */
export function capture(command: readonly string[], options: ProgramOptions = {}): Captured {
  const ended = Bun.spawnSync([...command], { ...surroundings(options), stdio: ["ignore", "pipe", "pipe"] });
  return { status: ended.exitCode, stdout: ended.stdout.toString(), stderr: ended.stderr.toString() };
}

/** The bun that runs this script, for another script: never another one that happens to be on the PATH. */
export function withOurBun(script: string, ...args: readonly string[]): readonly string[] {
  return [process.execPath, script, ...args];
}

function surroundings(options: ProgramOptions) {
  const { BUN_OPTIONS: _options, BUN_BE_BUN: _beBun, ...environment } = process.env;
  return { cwd: options.cwd ?? root, env: { ...environment, ...options.env } };
}
