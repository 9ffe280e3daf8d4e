// The door: first word → one command, loaded then; exit status; and the only place where the process is ended. Whatever
// is imported here is paid for by `pipe --version` and by every worker, so next to nothing is.

import { exitStatus } from "./cli/exit-status.ts";

const argv: readonly string[] = process.argv.slice(2);

// The first would run code in every child that is this executable, the second would make it a bare Bun. A child gets the
// environment from here only where it is given `env: process.env`; without, Bun hands on the one it was started with.
delete process.env.BUN_OPTIONS;
delete process.env.BUN_BE_BUN;

if (argv.length === 1 && argv[0] === "--version") {
  console.log((await import("./cli/version.ts")).versionLine);
} else {
  await main();
}

async function main(): Promise<void> {
  // Should a command wait for something that never comes, the process would end by itself, with a status that says all
  // went well.
  process.exitCode = exitStatus.unable;
  process.once("beforeExit", () => void fail(new Error("the command ended without an answer")));
  // A worker runs other people's code and deals with what that throws itself.
  if (argv[0] !== "worker") {
    process.on("uncaughtException", (thrown) => lastResort("uncaughtException", thrown));
    process.on("unhandledRejection", (thrown) => lastResort("unhandledRejection", thrown));
  }
  for (const stream of [process.stdout, process.stderr]) stream.on("error", onClosedOutput);
  try {
    const { dispatch } = await import("./cli/dispatch.ts");
    await leave(await dispatch(argv, await screen()));
  } catch (thrown) {
    await fail(thrown);
  }
}

async function screen() {
  const [{ colourFlagIn }, { coloursWanted }] = await Promise.all([
    import("./cli/last-words.ts"),
    import("./report/colour.ts"),
  ]);
  const isTerminal = process.stdout.isTTY === true;
  return {
    print: (text: string) => void process.stdout.write(text),
    colours: coloursWanted({ flag: colourFlagIn(argv), isTerminal, environment: process.env }),
  };
}

async function fail(thrown: unknown): Promise<void> {
  const { lastWords } = await import("./cli/last-words.ts");
  const last = lastWords(thrown, argv, process.stderr.isTTY === true);
  process.stderr.write(last.text);
  await leave(last.status);
}

/** Whoever listens besides us knows better what it means. */
function lastResort(event: "uncaughtException" | "unhandledRejection", thrown: unknown): void {
  if (process.listenerCount(event) === 1) void fail(thrown);
}

/**
 * `pipe status | head`: nobody reads any more. A command that only shows something has nothing left to do; one that works
 * goes on working. Anything else that is wrong with an output is no reason to end a run either.
 */
function onClosedOutput(error: Error): void {
  const works = ["run", "exec", "worker", "init"].includes(argv[0] ?? "");
  if (!works && "code" in error && error.code === "EPIPE") process.exit(exitStatus.fine);
}

async function leave(status: number): Promise<void> {
  await Promise.all([written(process.stdout), written(process.stderr)]);
  process.exit(status);
}

/** Ending at once would cut what a slow reader has not taken yet after 64 kB; an empty write does not wait for it. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((done) => {
    if (stream.destroyed || stream.writableEnded) return done();
    stream.once("error", () => done());
    stream.once("close", () => done());
    stream.end(() => done());
  });
}
