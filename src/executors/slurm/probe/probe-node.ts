// The node's half of `pipe doctor`: looks at everything that a worker will need there, writes it down, then answers files
// with files so that the other side can measure how long they take.
import { basename } from "node:path";
import { wallClock } from "../../../system/clock.ts";
import { readText } from "../../../system/durable-file.ts";
import { readContentNow } from "../../../system/file-content.ts";
import { filesystemOf } from "../../../system/filesystem.ts";
import { findProgram } from "../../../system/find-program.ts";
import { freeSpace } from "../../../system/free-space.ts";
import { hostName } from "../../../system/host.ts";
import { gpuNames, wholeMachine } from "../../../system/machine.ts";
import { show, untilNamed } from "./probe-files.ts";
import {
  answerName,
  endName,
  type ProbeAnswer,
  type ProbeQuestion,
  parseQuestion,
  pingName,
  pongName,
  questionPath,
  rounds,
  writeAnswer,
  writePong,
} from "./probe-protocol.ts";

/** @param folder of the probe, absolute. @returns an exit status. */
export async function answerProbe(folder: string, version: string): Promise<number> {
  const text = readText(questionPath(folder));
  const question = text === "missing" ? null : parseQuestion(text);
  if (question === null || question.kind !== "parsed") {
    const why =
      question === null
        ? "it is not there"
        : question.kind === "newer"
          ? "it is of a newer version"
          : question.problem;
    process.stderr.write(`error: cannot read the question in \`${folder}\`: ${why}\n`);
    return 1;
  }
  await show(folder, answerName, writeAnswer(lookAround(question.value, version)));
  const { nonce, patience } = question.value;
  for (let round = 1; round <= rounds; round++) {
    const found = await untilNamed(folder, [pingName(round), endName], patience);
    if (found !== pingName(round)) break;
    await show(folder, pongName(round), writePong({ nonce, at: wallClock() }));
  }
  return 0;
}

function lookAround(question: ProbeQuestion, version: string): ProbeAnswer {
  const { nonce, dataPath, programs } = question;
  const { bytes, inodes } = freeSpace(dataPath);
  // The probe itself has one core: what is to be told is what there would be.
  const whole = wholeMachine();
  const content = readContentNow(process.execPath);
  return {
    ...{ nonce, node: hostName(), release: version, executable: basename(process.execPath) },
    sha256: content === "missing" ? "" : content.sha256,
    ...{ filesystem: filesystemOf(dataPath).name, free: bytes, inodes },
    ...{ cpus: whole.cores, memory: whole.memory, gpus: gpuNames().length },
    programs: programs.map(({ program, PATH }) => {
      const found = findProgram(program, PATH);
      return { program, found: found.kind === "found" ? found.path : found.kind };
    }),
  };
}
