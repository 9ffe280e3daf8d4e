// What the other side of a probe has written. Folders are listed and files never asked for by name before they show: a name
// that was looked up too early stays invisible for half a minute on NFS, and that is not what is to be measured.
import { join } from "node:path";
import { monotonic } from "../../../system/clock.ts";
import { createDurable, publish, readText } from "../../../system/durable-file.ts";
import { listFolder, removeFile } from "../../../system/durable-folder.ts";
import { isFileError } from "../../../system/file-error.ts";
import { type InitState, parseInitRecord } from "../jobs/init-record.ts";
import {
  answerName,
  initPath,
  type Pong,
  type ProbeAnswer,
  parseAnswer,
  parsePong,
} from "./probe-protocol.ts";

/** What the node found, once it is there and whole. */
export function answerIn(folder: string): ProbeAnswer | null {
  if (!namesIn(folder).includes(answerName)) return null;
  const text = readText(join(folder, answerName));
  const parsed = text === "missing" ? null : parseAnswer(text);
  return parsed?.kind === "parsed" ? parsed.value : null;
}

export function pongIn(folder: string, name: string): Pong | null {
  const text = readText(join(folder, name));
  const parsed = text === "missing" ? null : parsePong(text);
  return parsed?.kind === "parsed" ? parsed.value : null;
}

export function initStateIn(folder: string): InitState {
  const text = readText(initPath(folder));
  return parseInitRecord(text === "missing" ? "" : text);
}

/**
 * Makes a file that shows with its whole content, and shows it again a moment later: NFS 3 tells by the folder's time whether
 * a listing is old, and that does not move for a change within the same tick of the server's clock. Whoever has listed the
 * folder in that tick would not see the name before the folder changes once more, be it for minutes.
 */
export async function show(folder: string, name: string, text: string): Promise<void> {
  publish(join(folder, name), text, { durability: "synced" });
  await Bun.sleep(tick);
  const nudge = join(folder, `.nudge.${name}`);
  createDurable(nudge, "");
  removeFile(nudge);
}

/** Milliseconds; a tick is 10 at most. */
const tick = 50;

/** The first of the names that shows, or null after so many seconds. */
export async function untilNamed(
  folder: string,
  names: readonly string[],
  seconds: number,
): Promise<string | null> {
  const end = monotonic() + seconds;
  for (;;) {
    const found = names.find((name) => namesIn(folder).includes(name));
    if (found !== undefined) return found;
    if (monotonic() > end) return null;
    await Bun.sleep(pace);
  }
}

/** Milliseconds between two looks. */
const pace = 20;

/** None where the folder cannot be listed at this moment. */
export function namesIn(folder: string): readonly string[] {
  try {
    const names = listFolder(folder);
    return names === "missing" ? [] : names;
  } catch (error) {
    if (isFileError(error)) return [];
    throw error;
  }
}
