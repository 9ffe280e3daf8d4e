// Output of tasks that run in the launcher's own process: it goes on to the terminal as it comes, and a copy of it into
// the task's log. Standard output of `pipe` itself is for the results of the run (`--json` is one object), so what a block
// prints goes to standard error.
import { closeSync, mkdirSync, openSync, readSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { format } from "node:util";
import { taskLogName } from "../rundir/layout.ts";
import { writeFully } from "../system/durable-file.ts";
import { takeOutput } from "../system/take-output.ts";
import { noOutput, type TaskOutput, writeNote } from "./task-output.ts";

export interface PassThrough extends TaskOutput, Disposable {}

/** `path`: a file of its own for the output of the running task. `show` gets every byte of it. */
export function passThroughOutput(where: {
  readonly path: string;
  readonly runFolder: string;
  readonly show: (bytes: Uint8Array) => void;
}): PassThrough {
  mkdirSync(dirname(where.path), { recursive: true });
  const fd = openSync(where.path, "a+");
  let shown = 0;
  let looking: NodeJS.Timeout | undefined;
  let restore = () => {};

  /** Programs write to the file without asking us: what is new in it is shown a few times a second. */
  const pump = () => {
    const buffer = Buffer.alloc(1 << 16);
    for (;;) {
      const length = readSync(fd, buffer, 0, buffer.length, shown);
      if (length === 0) return;
      where.show(buffer.subarray(0, length));
      shown += length;
    }
  };
  const write = (text: string | Uint8Array) => {
    writeFully(fd, typeof text === "string" ? new TextEncoder().encode(text) : text, where.path);
    pump();
  };

  return {
    stdout: fd,
    stderr: fd,
    begin: () => {
      shown = 0;
      restore = redirect(write);
      looking = setInterval(pump, 50);
    },
    note: (line) => {
      writeNote(fd, line, where.path);
      pump();
    },
    end: (of) => {
      clearInterval(looking);
      restore();
      pump();
      if (shown === 0) return noOutput;
      const log = taskLogName(of);
      const { kept, tail } = takeOutput(where.path, join(where.runFolder, log));
      shown = 0;
      return { log: kept ? log : null, tail };
    },
    [Symbol.dispose]: () => {
      closeSync(fd);
      rmSync(where.path, { force: true });
    },
  };
}

const printing = ["log", "info", "debug", "warn", "error", "trace"] as const;

/** What blocks print in this process goes to `write` until the result is called. */
function redirect(write: (text: string | Uint8Array) => void): () => void {
  const methods = new Map(printing.map((name) => [name, console[name]]));
  for (const name of printing) {
    console[name] = (...values: unknown[]) => write(`${format(...values)}\n`);
  }
  const streams = [process.stdout, process.stderr].map((stream) => ({ stream, own: ownCalls(stream) }));
  for (const { stream } of streams) {
    const take = (...given: unknown[]) => {
      const [chunk] = given;
      if (typeof chunk === "string" || chunk instanceof Uint8Array) write(chunk);
      const done = given.findLast((argument) => typeof argument === "function");
      if (typeof done === "function") queueMicrotask(() => done());
    };
    Reflect.set(stream, "write", (...given: unknown[]) => {
      take(...given);
      return true;
    });
    // A block may end its own output, but not the launcher's.
    Reflect.set(stream, "end", (...given: unknown[]) => {
      take(...given);
      return stream;
    });
    Reflect.set(stream, "destroy", () => stream);
  }
  return () => {
    for (const [name, method] of methods) console[name] = method;
    for (const { stream, own } of streams) {
      for (const [name, call] of own) Reflect.set(stream, name, call);
    }
  };
}

const ownCalls = (stream: NodeJS.WriteStream) =>
  (["write", "end", "destroy"] as const).map((name) => [name, stream[name]] as const);
