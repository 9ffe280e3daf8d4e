// Failures for a sample's files: some that should be there are not, or not as they should be.
import type { Failure } from "../core/failure.ts";
import { never } from "../core/never.ts";
import { type FailureWords, quoted, words } from "./failure-words.ts";
import { printable } from "./printable.ts";

export type FilesFailure = Extract<Failure, { kind: "input-missing" | "output-missing" | "spoilt" }>;

export function filesWords(failure: FilesFailure): FailureWords {
  switch (failure.kind) {
    case "input-missing":
      return words(
        `the sample has no file for its declared input ${list(failure.patterns)}`,
        [],
        "look at what the blocks before it left, or correct `inputs`",
      );
    case "output-missing":
      return words(
        `it ended well but left no file for its declared output ${list(failure.patterns)}`,
        [],
        "correct `outputs`, or put what it does not always write into `optionalOutputs`",
      );
    case "spoilt": {
      const block = printable(failure.block);
      const [are, them] = failure.files.length === 1 ? ["is", "it"] : ["are", "them"];
      return words(
        `${list(failure.files)} of ${block} ${are} not as ${block} left ${them}`,
        ["an attempt before this one has changed what it works on, so this one was not begun"],
        `start again: ${block} runs anew, and then this task`,
      );
    }
    default:
      return never(failure);
  }
}

const list = (names: readonly string[]): string => names.map(quoted).join(", ");
