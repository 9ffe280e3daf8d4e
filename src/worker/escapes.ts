// Ways out of a block that are neither a return nor a throw: an exception in a timer or a promise that nobody waits for,
// and process-ending calls. Without this the first would end the worker with a status that explains nothing, and the
// second would end the launcher itself when blocks run in its process.

import type { Failure } from "../core/failure.ts";
import { failureOfThrown } from "./what-was-thrown.ts";

export interface Escapes {
  /** From here on, what escapes belongs to the task that is about to run. Resolves with it; usually never. */
  watch(): Promise<Failure>;
  /** The task has ended. What escapes of it from here on is told, and is no other task's. */
  unwatch(): void;
  /** No block runs here any more. */
  close(): void;
}

/**
 * `own-process`: blocks have this process to themselves, and one that ends it really ends it.
 * `shared-process`: other things happen here as well, and must not end with a block.
 */
export function watchEscapes(kind: "own-process" | "shared-process"): Escapes {
  let give: ((failure: Failure) => void) | null = null;
  const escaped = (failure: Failure, what: unknown) => {
    if (give === null) console.error("after its block had ended:", what);
    else give(failure);
  };
  const thrown = (error: unknown) => {
    // That it wanted to end the process was said when it did.
    if (!(error instanceof LeftTheProcess)) escaped(failureOfThrown(error), error);
  };
  const doors = kind === "own-process" ? openDoors : closedDoors(escaped);
  let listening = false;
  const listen = () => {
    if (listening) return;
    listening = true;
    process.on("uncaughtException", thrown);
    process.on("unhandledRejection", thrown);
    doors.close();
  };
  if (kind === "own-process") listen();
  let alive: NodeJS.Timeout | undefined;
  return {
    watch: () => {
      // A timer of one task may go off when the next one runs or none does, so nothing is let out in between either.
      listen();
      // A promise that nothing will ever settle does not keep a process alive: it would end in the middle, status 0.
      if (kind === "shared-process") alive = setInterval(() => {}, 2 ** 30);
      return new Promise((resolve) => (give = resolve));
    },
    unwatch: () => {
      give = null;
      clearInterval(alive);
    },
    close: () => {
      if (!listening) return;
      listening = false;
      doors.open();
      process.off("uncaughtException", thrown);
      process.off("unhandledRejection", thrown);
    },
  };
}

/** Thrown in place of ending the process, so that the block does not go on behind its own last line. */
export class LeftTheProcess extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`the block ended its process with status ${status}`);
    this.name = "LeftTheProcess";
    this.status = status;
  }
}

/** The calls that end a process. */
interface Doors {
  close(): void;
  open(): void;
}

const openDoors: Doors = { close: () => {}, open: () => {} };

/** `onTry` is told of each try to leave. */
function closedDoors(onTry: (failure: Failure, what: unknown) => void): Doors {
  const names = ["exit", "reallyExit"] as const;
  const real = new Map(names.map((name) => [name, Reflect.get(process, name)]));
  const refuse = (status?: number | string | null) => {
    const left = new LeftTheProcess(Number(status ?? 0));
    onTry({ kind: "exited", status: left.status }, left.message);
    throw left;
  };
  const leaving = (status: number) => {
    // Only a call that was imported by name (`import { exit } from "node:process"`) comes here.
    console.error(`pipe: code of the pipeline ended this process with status ${status}`);
    Reflect.set(process, exitStatus, 1);
  };
  return {
    close: () => {
      for (const name of names) Reflect.set(process, name, refuse);
      process.on("exit", leaving);
    },
    open: () => {
      for (const name of names) Reflect.set(process, name, real.get(name));
      process.off("exit", leaving);
    },
  };
}

const exitStatus = "exitCode";
