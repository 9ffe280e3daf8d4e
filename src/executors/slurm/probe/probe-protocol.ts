// What a probe job is asked and what it answers. Each side makes files under names that the other one finds by listing
// the folder; none is written twice, so that what is measured is what the files of samples will meet.
//
//   runinfo/doctor/NONCE/SLOT/
//     question.json  job.sh  init  output.txt     there before the job is submitted
//     node.json                                   what the node found
//     ping.1.json pong.1.json …                   there and back
//     end.json                                    that was all
import { join } from "node:path";
import { FieldProblem, type Fields, type Parsed, parseVersioned } from "../../../rundir/json-fields.ts";

const format = { format: "pipe-probe", version: 1 } as const;

export interface ProbeQuestion {
  /** Only a folder that holds this is the same folder. */
  readonly nonce: string;
  readonly dataPath: string;
  readonly sha256: string;
  readonly programs: readonly { readonly program: string; readonly PATH: string | null }[];
  /** Seconds after which the node gives up on an answer. */
  readonly patience: number;
}

export interface ProbeAnswer {
  readonly nonce: string;
  readonly node: string;
  /** Which version of pipe answers; `version` is the file's own. */
  readonly release: string;
  readonly executable: string;
  readonly sha256: string;
  readonly filesystem: string;
  /** Bytes. */
  readonly free: number;
  readonly inodes: number | null;
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  readonly gpus: number;
  /** As the questions; what was found, or `missing`, or `not-executable`. */
  readonly programs: readonly { readonly program: string; readonly found: string }[];
}

export interface Pong {
  readonly nonce: string;
  /** The node's wall clock, in milliseconds since 1970. */
  readonly at: number;
}

export const questionPath = (folder: string): string => join(folder, "question.json");
export const scriptPath = (folder: string): string => join(folder, "job.sh");
export const initPath = (folder: string): string => join(folder, "init");
export const outputPath = (folder: string): string => join(folder, "output.txt");
export const answerName = "node.json";
export const pingName = (round: number): string => `ping.${round}.json`;
export const pongName = (round: number): string => `pong.${round}.json`;
export const endName = "end.json";

/** How often there and back. */
export const rounds = 3;

export const writeQuestion = (question: ProbeQuestion): string => textOf(question);
export const writeAnswer = (answer: ProbeAnswer): string => textOf(answer);
export const writePong = (pong: Pong): string => textOf(pong);

export function parseQuestion(text: string): Parsed<ProbeQuestion> {
  return parseVersioned(text, format, (fields) => ({
    ...{ nonce: fields.text("nonce"), dataPath: fields.text("dataPath"), sha256: fields.text("sha256") },
    programs: fields
      .objects("programs")
      .map((one) => ({ program: one.text("program"), PATH: one.textOrNull("PATH") })),
    patience: fields.number("patience"),
  }));
}

export function parseAnswer(text: string): Parsed<ProbeAnswer> {
  return parseVersioned(text, format, (fields) => ({
    ...{ nonce: fields.text("nonce"), node: fields.text("node"), release: fields.text("release") },
    ...{ executable: fields.text("executable"), sha256: fields.text("sha256") },
    ...{ filesystem: fields.text("filesystem"), free: fields.number("free") },
    inodes: numberOrNull(fields, "inodes"),
    ...{ cpus: fields.number("cpus"), memory: fields.number("memory"), gpus: fields.number("gpus") },
    programs: fields
      .objects("programs")
      .map((one) => ({ program: one.text("program"), found: one.text("found") })),
  }));
}

export function parsePong(text: string): Parsed<Pong> {
  return parseVersioned(text, format, (fields) => ({ nonce: fields.text("nonce"), at: fields.number("at") }));
}

function numberOrNull(fields: Fields, name: string): number | null {
  try {
    return fields.number(name);
  } catch (error) {
    if (error instanceof FieldProblem) return null;
    throw error;
  }
}

const textOf = (value: object): string => `${JSON.stringify({ ...format, ...value }, null, 1)}\n`;
