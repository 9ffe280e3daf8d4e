// The door: first word → one command, loaded then; exit status; and the only place where the process is ended. Whatever
// is imported here is paid for by `pipe --version` and by every worker, so next to nothing is.

import { exitStatus } from "./cli/exit-status.ts";

const argv: readonly string[] = process.argv.slice(2);

// The first would run code in every child that is this executable, the second would make it a bare Bun. A child gets the
// environment from here only where it is given `env: process.env`; without, Bun hands on the one it was started with.
delete process.env.BUN_OPTIONS;
delete process.env.BUN_BE_BUN;

/** What the operating system said when standard output could not be written. */
let unwritten: string | null = null;

/** Outputs that take nothing any more. They do not look it, and never answer who waits for their end. */
const gone = new Set<NodeJS.WriteStream>();

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
  process.stdout.on("error", onClosedOutput);
  // Where complaints cannot be written, there is nobody to tell.
  process.stderr.on("error", () => {});
  for (const stream of [process.stdout, process.stderr]) {
    for (const event of ["error", "close", "finish"]) stream.once(event, () => gone.add(stream));
  }
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
  if (process.listenerCount(event) === 1) void endUnlessStray(thrown);
}

async function endUnlessStray(thrown: unknown): Promise<void> {
  const { strayWords } = await import("./cli/last-words.ts");
  const stray = strayWords(thrown, argv, process.stderr.isTTY === true);
  if (stray === null) await fail(thrown);
  else process.stderr.write(stray);
}

/**
 * `pipe status | head`: nobody reads any more. A command that only shows something has nothing left to do; one that works
 * goes on working. Any other trouble with an output is no reason to end a run either, but is told at the end.
 */
function onClosedOutput(error: Error): void {
  const code = "code" in error ? String(error.code) : error.message;
  const works = ["run", "exec", "worker", "init"].includes(argv[0] ?? "");
  if (code !== "EPIPE") unwritten = code;
  else if (!works) process.exit(exitStatus.fine);
}

async function leave(status: number): Promise<void> {
  await written(process.stdout);
  const lost = unwritten !== null;
  if (lost) process.stderr.write(`error: cannot write to standard output (${unwritten})\n`);
  await written(process.stderr);
  process.exit(lost && status === exitStatus.fine ? exitStatus.unable : status);
}

/** Ending at once would cut what a slow reader has not taken yet after 64 kB; an empty write does not wait for it. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((done) => {
    if (gone.has(stream)) return done();
    stream.once("error", () => done());
    stream.once("close", () => done());
    stream.end(() => done());
  });
}
