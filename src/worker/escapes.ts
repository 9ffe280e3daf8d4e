// Ways out of a block that are neither a return nor a throw: an exception in a timer or a promise that nobody waits for,
// and process-ending calls. Without this the first would end the worker with a status that explains nothing, and the
// second would end the launcher itself when blocks run in its process.

import type { Failure } from "../core/failure.ts";
import { failureOfThrown } from "./what-was-thrown.ts";

export interface Escapes {
  /** From here on, what escapes belongs to the task that is about to run. Resolves with it; usually never. */
  watch(): Promise<Failure>;
  unwatch(): void;
}

/**
 * `own-process`: blocks have this process to themselves, and one that ends it really ends it.
 * `shared-process`: other things happen here as well, and must not end with a block.
 */
export function watchEscapes(kind: "own-process" | "shared-process"): Escapes {
  let give: ((failure: Failure) => void) | null = null;
  const thrown = (error: unknown) => {
    if (give === null) console.error("after its block had ended:", error);
    else give(failureOfThrown(error));
  };
  const listen = () => {
    process.on("uncaughtException", thrown);
    process.on("unhandledRejection", thrown);
  };
  if (kind === "own-process") {
    listen();
    return {
      watch: () => new Promise((resolve) => (give = resolve)),
      unwatch: () => {
        give = null;
      },
    };
  }
  const doors = endingCalls();
  const leaving = (status: number) => {
    // Only a call that was imported by name (`import { exit } from "node:process"`) comes here.
    console.error(`pipe: the block ended this process with status ${status}`);
    Reflect.set(process, exitStatus, 1);
  };
  let alive: NodeJS.Timeout | undefined;
  return {
    watch: () => {
      // A promise that nothing will ever settle does not keep a process alive: it would end in the middle, status 0.
      alive = setInterval(() => {}, 2 ** 30);
      listen();
      process.on("exit", leaving);
      return new Promise((resolve) => {
        give = resolve;
        doors.close((status) => resolve({ kind: "exited", status }));
      });
    },
    unwatch: () => {
      give = null;
      clearInterval(alive);
      doors.open();
      process.off("exit", leaving);
      process.off("uncaughtException", thrown);
      process.off("unhandledRejection", thrown);
    },
  };
}

const exitStatus = "exitCode";

/** Thrown in place of ending the process, so that the block does not go on behind its own last line. */
class LeftTheProcess extends Error {
  constructor(status: number) {
    super(`the block ended its process with status ${status}`);
    this.name = "LeftTheProcess";
  }
}

function endingCalls() {
  const names = ["exit", "reallyExit"] as const;
  const real = new Map(names.map((name) => [name, Reflect.get(process, name)]));
  return {
    close: (onEnd: (status: number) => void) => {
      for (const name of names) {
        Reflect.set(process, name, (status?: number | string | null) => {
          const number = Number(status ?? 0);
          onEnd(number);
          throw new LeftTheProcess(number);
        });
      }
    },
    open: () => {
      for (const name of names) Reflect.set(process, name, real.get(name));
    },
  };
}
