// Folders for the time of one command, outside of the dataset: nothing of it is on the dataset's disk before all is
// checked. TMPDIR is the user's own word, so it is checked like any other; and what was made there is removed also when
// the command is interrupted while it still prepares.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { diagnostic, unable } from "../core/diagnostic.ts";
import { isFileError, onFile } from "../system/file-error.ts";

export interface TemporaryFolder extends Disposable {
  /** Absolute, also where TMPDIR is not: what lies in it is loaded as a module. */
  readonly path: string;
}

/** @throws Refusal where it cannot be made. */
export function makeTemporaryFolder(purpose: string): TemporaryFolder {
  const place = resolve(tmpdir());
  try {
    const path = onFile("make-folder", place, () => mkdtempSync(join(place, `pipe-${purpose}-`)));
    keep(path);
    return { path, [Symbol.dispose]: () => drop(path) };
  } catch (error) {
    if (!isFileError(error)) throw error;
    throw unable(
      diagnostic("no-temporary-folder", `no temporary folder can be made in \`${place}\`: ${error.code}`, {
        hint: "set TMPDIR to a folder that can be written",
      }),
    );
  }
}

/**
 * Runs what may never come back to the event loop, such as the top level of a user's file. A signal then ends the process
 * at once, as it does with any program: a listener would be called when it is too late.
 */
export async function withBareSignals<T>(act: () => Promise<T>): Promise<T> {
  unlisten();
  try {
    return await act();
  } finally {
    if (folders.size > 0) listen();
  }
}

const folders = new Set<string>();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function keep(path: string): void {
  if (folders.size === 0) listen();
  folders.add(path);
}

function drop(path: string): void {
  folders.delete(path);
  if (folders.size === 0) unlisten();
  rmSync(path, { recursive: true, force: true });
}

function onSignal(signal: NodeJS.Signals): void {
  // Whoever listens besides us lets the command come to its own end.
  if (process.listenerCount(signal) > 1) return;
  for (const path of [...folders]) drop(path);
  process.kill(process.pid, signal);
}

function listen(): void {
  for (const signal of signals) process.on(signal, onSignal);
}

function unlisten(): void {
  for (const signal of signals) process.off(signal, onSignal);
}
