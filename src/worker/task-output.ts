// Where the output of tasks goes. Children are given ordinary file descriptors: a pipe would be a socket, in which
// `echo > /dev/stdout` fails, and what nobody reads would pile up in our memory.
import { fstatSync } from "node:fs";
import { join } from "node:path";
import { type LogOf, taskLogName } from "../rundir/layout.ts";
import { writeFully } from "../system/durable-file.ts";
import { isFileError } from "../system/file-error.ts";
import { takeOutput } from "../system/take-output.ts";

export interface EndedOutput {
  /** Path of the task's log relative to the run folder; null where it printed nothing. */
  readonly log: string | null;
  readonly tail: readonly string[];
}

export interface TaskOutput {
  /** For the standard output of programs, and their standard error. */
  readonly stdout: number;
  readonly stderr: number;
  begin(): void;
  /** A line of ours among the task's own. */
  note(line: string): void;
  /** What was printed since `begin` becomes the log of this attempt, if it is anything. */
  end(of: LogOf): EndedOutput;
}

export const noOutput: EndedOutput = { log: null, tail: [] };

/**
 * The output of a worker process: whoever started it opened the file `path` with O_APPEND as its descriptors 1 and 2.
 * Between tasks the file is empty, so that after a crash it holds the last words of the task that did it.
 */
export function fileOutput(where: {
  readonly path: string;
  readonly runFolder: string;
  readonly stdout: number;
  readonly stderr: number;
}): TaskOutput {
  return {
    stdout: where.stdout,
    stderr: where.stderr,
    begin: () => {},
    note: (line) => writeNote(where.stderr, line, where.path),
    end: (of) => {
      if (fstatSync(where.stdout).size === 0) return noOutput;
      const log = taskLogName(of);
      const { kept, tail } = takeOutput(where.path, join(where.runFolder, log));
      return { log: kept ? log : null, tail };
    },
  };
}

/** On a full disk the note is lost; the task itself has to say so. */
export function writeNote(fd: number, line: string, path: string): void {
  try {
    writeFully(fd, new TextEncoder().encode(`pipe: ${line}\n`), path);
  } catch (error) {
    if (!isFileError(error)) throw error;
  }
}
