// Starts a user's program in a session of its own, or says why it cannot be started. Missing programs and missing folders
// look alike to the operating system (ENOENT), and so does a script whose interpreter is not there.
import { closeSync, openSync, readSync, statSync } from "node:fs";
import type { Failure } from "../core/failure.ts";

export interface ProgramStart {
  /** The program and its arguments, exactly as it gets them. */
  readonly argv: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdout: number;
  readonly stderr: number;
}

export type Started<Child> =
  | { readonly kind: "started"; readonly child: Child }
  | { readonly kind: "cannot-start"; readonly failure: Failure };

export type ProgramChild = Bun.Subprocess<"ignore", number, number>;
export type TalkingChild = Bun.Subprocess<"pipe", "pipe", number>;

/** A program that reads nothing, and whose output goes to descriptors. */
export function startProgram(start: ProgramStart): Started<ProgramChild> {
  return attemptStart(start, () =>
    Bun.spawn([...start.argv], {
      cwd: start.folder,
      env: { ...start.environment },
      stdio: ["ignore", start.stdout, start.stderr],
      detached: true,
    }),
  );
}

/** A program that is spoken to over its standard input and answers on its standard output. */
export function startTalkingProgram(start: Omit<ProgramStart, "stdout">): Started<TalkingChild> {
  return attemptStart(start, () =>
    Bun.spawn([...start.argv], {
      cwd: start.folder,
      env: { ...start.environment },
      stdio: ["pipe", "pipe", start.stderr],
      detached: true,
    }),
  );
}

/** `SIGKILL`; signals without a name of their own come as numbers. */
export const signalName = (signal: NodeJS.Signals | number): string =>
  typeof signal === "number" ? `SIG${signal}` : signal;

function attemptStart<Child>(start: Omit<ProgramStart, "stdout">, spawn: () => Child): Started<Child> {
  const withNul = start.argv.findIndex((argument) => argument.includes("\0"));
  if (withNul >= 0) {
    const path = withNul === 0 ? "the program" : `argument ${withNul} of ${start.argv[0] ?? ""}`;
    const problem = "holds a NUL character, which no argument can carry";
    return { kind: "cannot-start", failure: { kind: "bad-value", path, problem } };
  }
  try {
    return { kind: "started", child: spawn() };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "") throw error;
    return { kind: "cannot-start", failure: whyNot(start, code) };
  }
}

function whyNot(start: Omit<ProgramStart, "stdout">, code: string): Failure {
  const program = start.argv[0] ?? "";
  const because = (why: Extract<Failure, { kind: "cannot-start" }>["why"], name = program): Failure => ({
    kind: "cannot-start",
    program: name,
    why,
    code,
  });
  if (!isFolder(start.folder)) return because("no-folder");
  switch (code) {
    case "ENOENT": {
      const interpreter = program.includes("/") ? interpreterOf(program) : null;
      return because("not-found", interpreter ?? program);
    }
    case "EACCES":
    case "EPERM":
      return because("not-executable");
    case "ENOEXEC":
      return because("bad-format");
    case "E2BIG":
      return because("arguments-too-long");
    default:
      return because("other");
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** What the `#!` of a script names, where the script itself is there: then that is what is missing. */
function interpreterOf(path: string): string | null {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return null;
  }
  try {
    const buffer = Buffer.alloc(256);
    const text = buffer.toString("utf8", 0, readSync(fd, buffer, 0, buffer.length, 0));
    return /^#!\s*(\S+)/.exec(text)?.[1] ?? null;
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
}
