// Every way a task can fail, in words: one line that is enough alone, what is likely behind it, what to do. A person who
// reads "status 137" at two in the morning should not have to know that 137 is 128 + 9.

import { constants } from "node:os";
import type { Failure } from "../core/failure.ts";
import { nearest } from "../core/nearest.ts";
import { never } from "../core/never.ts";
import { shellCommand } from "../core/shell-word.ts";
import { duration, size } from "./amounts.ts";
import { type FailureWords, quoted, words } from "./failure-words.ts";
import { printable, printableLines, shortened } from "./printable.ts";
import { filesWords } from "./say-files-failure.ts";

export function failureWords(failure: Failure): FailureWords {
  switch (failure.kind) {
    case "exception": {
      const [first = "", ...rest] = printableLines(failure.message);
      const name = printable(failure.name);
      const stack = failure.stack.slice(0, 8).map((line) => printable(line));
      return words(first === "" ? name : `${name}: ${first}`, [...rest.slice(0, 12), ...stack]);
    }
    case "exited":
      return words(`the block ended its own process with exit status ${failure.status}`, [
        "a block returns or throws; when it ends the process, what it did is not recorded, whatever the status",
      ]);
    case "killed":
      return {
        line: `killed by signal ${signalName(failure.signal)}`,
        ...signalMeaning(failure.signal, "block"),
      };
    case "command-status":
      return {
        line: `${program(failure.program)} ended with exit status ${failure.status}`,
        ...statusMeaning(failure.status),
      };
    case "command-signal":
      return {
        line: `${program(failure.program)} was killed by signal ${signalName(failure.signal)}`,
        ...signalMeaning(failure.signal, "program"),
      };
    case "cannot-start":
      return cannotStart(failure);
    case "timeout":
      return words(
        `it took longer than its time limit of ${duration(failure.limit)}`,
        ["it was ended with everything that it had started"],
        "raise `time` of the block if it was still at work, or look in its output for where it hangs",
      );
    case "out-of-memory":
      return outOfMemory(failure);
    case "bad-result":
      return words(
        `what it wrote to PIPE_RESULT cannot be used: ${printable(failure.problem)}`,
        excerpt(failure.excerpt),
        'PIPE_RESULT takes one JSON object such as {"statistics": {"volume": 1.5}} or {"issue": "did not converge"}',
      );
    case "persistent-died":
      return persistentDied(failure);
    case "bad-answer":
      return words(
        `${program(failure.program)} answered with a line that cannot be used: ${printable(failure.problem)}`,
        excerpt(failure.excerpt),
        "a persistent command prints one line of JSON per sample to standard output and everything else to standard error",
      );
    case "no-such-value":
      return noSuchValue(failure);
    case "input-missing":
    case "output-missing":
    case "spoilt":
      return filesWords(failure);
    case "bad-value":
      return words(`${quoted(failure.path)} cannot be kept: ${printable(failure.problem)}`);
    case "cannot-write":
      return cannotWrite(failure.path, failure.code);
    case "cannot-load": {
      const [first = "", ...rest] = printableLines(failure.message);
      return words(`the worker could not load the pipeline: ${first}`, rest.slice(0, 12));
    }
    case "worker-lost":
      return words(`its worker ${printable(failure.worker)} was lost: ${printable(failure.why)}`);
    case "cancelled":
      return words("it was ended because the run was");
    default:
      return never(failure);
  }
}

const program = (path: string): string => quoted(path);
/** `KILL` and `SIGKILL` are one; the second is what people look for. */
const signalName = (signal: string): string => printable(signal.startsWith("SIG") ? signal : `SIG${signal}`);

function excerpt(text: string): string[] {
  return printableLines(text)
    .slice(0, 5)
    .map((line) => `  ${shortened(line, 200)}`);
}

type Meaning = Omit<FailureWords, "line">;

/** What a signal usually tells; `who` received it: the worker's own process or a program that it had started. */
function signalMeaning(signal: string, who: "block" | "program"): Meaning {
  switch (signalName(signal)) {
    case "SIGKILL":
      return {
        notes: ["probably the kernel, because the machine ran out of memory; a person can do it too"],
        hint: "give the block a `memory` limit, so that no more run side by side than fit, or start fewer processes",
      };
    case "SIGSEGV":
    case "SIGBUS":
      return {
        notes: [
          who === "block"
            ? "a memory error in native code (an add-on or the runtime), not in TypeScript"
            : "a memory error in the program",
        ],
        hint: null,
      };
    case "SIGABRT":
      return { notes: ["it gave up itself: a failed assertion, or an allocation that failed"], hint: null };
    case "SIGFPE":
      return { notes: ["an arithmetic error in native code, such as a division by zero"], hint: null };
    case "SIGILL":
      return {
        notes: ["an instruction that this processor does not have: built for another one?"],
        hint: null,
      };
    case "SIGTERM":
    case "SIGINT":
    case "SIGHUP":
      return { notes: ["somebody, or the system, asked it to end"], hint: null };
    case "SIGXCPU":
      return { notes: ["over the limit of CPU time (`ulimit -t`)"], hint: null };
    case "SIGXFSZ":
      return { notes: ["over the limit of file size (`ulimit -f`)"], hint: null };
    default:
      return { notes: [], hint: null };
  }
}

function statusMeaning(status: number): Meaning {
  if (status === 126) {
    return { notes: ["a shell says 126 when it found a program that it may not execute"], hint: null };
  }
  if (status === 127) {
    return {
      notes: ["a shell says 127 when it did not find a program, or a shared library was missing"],
      hint: "name the program in `requires`, and `pipe doctor` will look for it",
    };
  }
  const signal = status > 128 ? signalNumbered(status - 128) : null;
  if (signal === null) return { notes: [], hint: null };
  const { notes, hint } = signalMeaning(signal, "program");
  return {
    notes: [`a shell says ${status} when what it ran was killed by signal ${signalName(signal)}`, ...notes],
    hint,
  };
}

function signalNumbered(number: number): string | null {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? null;
}

function cannotStart(failure: Extract<Failure, { kind: "cannot-start" }>): FailureWords {
  const line = `${program(failure.program)} cannot be started: `;
  const code = printable(failure.code);
  switch (failure.why) {
    case "not-found":
      return words(
        `${line}it was not found (${code})`,
        failure.program.includes("/") ? [] : ["it is in no folder of PATH"],
        failure.program.includes("/")
          ? "look at the path; `./` at its beginning means the pipeline file's folder"
          : "install it, or give its path",
      );
    case "not-executable":
      return words(
        `${line}it may not be executed (${code})`,
        [],
        failure.program.includes("/")
          ? `make it executable: ${printable(shellCommand(["chmod", "+x", failure.program]))}`
          : null,
      );
    case "bad-format":
      return words(
        `${line}the system cannot execute this kind of file (${code})`,
        ["a script without `#!` in its first line, or a program for another kind of machine"],
        "begin a script with a line such as `#!/usr/bin/env python3`",
      );
    case "arguments-too-long":
      return words(
        `${line}its arguments are too long (${code})`,
        ["one argument may have 128 kB, all together about 2 MB"],
        "let it read the values from the file that PIPE_SAMPLE names",
      );
    case "no-folder":
      return words(`${line}the folder that it should run in does not exist (${code})`);
    case "other":
      return words(`${line}${systemWords(failure.code)} (${code})`);
    default:
      return never(failure.why);
  }
}

function outOfMemory({ limit, peak }: Extract<Failure, { kind: "out-of-memory" }>): FailureWords {
  const hint =
    "raise `memory` of the block: fewer then run side by side; or lower the block's need of memory";
  if (limit === null) {
    const seen = peak === null ? "" : ` (last seen at ${size(peak)})`;
    return words(`it ran out of memory${seen}`, [], hint);
  }
  const used = peak === null ? "it used more memory than" : `it used ${size(peak)} of memory, more than`;
  return words(`${used} its limit of ${size(limit)}`, [], hint);
}

function persistentDied(failure: Extract<Failure, { kind: "persistent-died" }>): FailureWords {
  const name = program(failure.program);
  const note = "it is started once and stays: it must read samples from standard input until that ends";
  if (failure.signal !== null) {
    const meaning = signalMeaning(failure.signal, "program");
    return {
      line: `${name} was killed by signal ${signalName(failure.signal)} before it had answered`,
      ...meaning,
    };
  }
  const how = failure.status === null ? "ended" : `ended with exit status ${failure.status}`;
  return words(`${name} ${how} before it had answered`, failure.status === 0 ? [note] : []);
}

function noSuchValue({ placeholder, known }: Extract<Failure, { kind: "no-such-value" }>): FailureWords {
  const near = nearest(placeholder, known);
  const some = known.slice(0, 12).map(quoted).join(", ");
  const more = known.length > 12 ? `, and ${known.length - 12} more` : "";
  return words(
    `this sample has no value for ${quoted(placeholder)}`,
    known.length === 0 ? ["it has no values yet"] : [`it has ${some}${more}`],
    near === null ? null : `did you mean ${quoted(near)}?`,
  );
}

function cannotWrite(path: string, code: string): FailureWords {
  const full = code === "ENOSPC" || code === "EDQUOT";
  return words(
    `cannot write ${quoted(path)}: ${systemWords(code)} (${printable(code)})`,
    [],
    full ? "make room there (also for more files, not only bytes), and start the run again" : null,
  );
}

/** What the operating system means by its codes. */
export function systemWords(code: string): string {
  return systemCodes.get(code) ?? "the system refused";
}

const systemCodes: ReadonlyMap<string, string> = new Map([
  ["ENOSPC", "no space left on the device"],
  ["EDQUOT", "the disk quota is used up"],
  ["EROFS", "the filesystem is read-only"],
  ["EACCES", "permission denied"],
  ["EPERM", "not permitted"],
  ["ENOENT", "no such file or folder"],
  ["ENOTDIR", "a part of the path is no folder"],
  ["EISDIR", "it is a folder"],
  ["EIO", "input/output error"],
  ["ESTALE", "the network filesystem has lost the file"],
  ["EFBIG", "the file is too large"],
  ["ENAMETOOLONG", "the name is too long"],
  ["EMFILE", "too many open files"],
  ["ENFILE", "too many open files on this machine"],
  ["EAGAIN", "no more processes or threads are allowed"],
  ["ENOMEM", "not enough memory"],
  ["ETXTBSY", "the file is being written"],
]);
