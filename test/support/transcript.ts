// What a run printed, as one text that stays the same from run to run: status, standard output, standard error,
// with times, folders and process numbers replaced by names.
import type { Ending, Playground } from "./playground.ts";

export function transcript(playground: Playground, ending: Ending): string {
  const how = ending.signal === null ? `status ${ending.status}` : `signal ${ending.signal}`;
  return [how, ...part("stdout", ending.stdout), ...part("stderr", ending.stderr)]
    .map((line) => filtered(line, playground.folder))
    .join("\n");
}

export function filtered(text: string, folder: string): string {
  return (
    text
      .replaceAll(folder, "[DIR]")
      .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g, "[MOMENT]")
      .replace(/\b\d+(\.\d+)? ?(ms|µs)\b/g, "[TIME]")
      .replace(/\b\d+(\.\d+)? ?s\b/g, "[TIME]")
      .replace(/(?<![\w.:])\d+:\d\d(:\d\d)?\b(?!:)/g, "[CLOCK]")
      // Columns are as wide as their widest time.
      .replace(/ +\[TIME\]/g, " [TIME]")
      .replace(/ +mean +longest/, " mean longest")
      .replace(/\bpid \d+/g, "pid [PID]")
      .replace(/\b\d+(\.\d+)? tasks\/s/g, "[RATE] tasks/s")
  );
}

function part(name: string, text: string): string[] {
  if (text === "") return [];
  const lines = text.replace(/\n$/, "").split("\n");
  return [`--- ${name}`, ...lines.filter((line) => !isProgress(line)).map((line) => line.trimEnd())];
}

/** How far it has come is said now and then: how often depends on the machine. */
const isProgress = (line: string): boolean => /^ *\d+ % /.test(line);
