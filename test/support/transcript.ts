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
  return text
    .replaceAll(folder, "[DIR]")
    .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g, "[MOMENT]")
    .replace(/\b\d+(\.\d+)? ?(ms|µs)\b/g, "[TIME]")
    .replace(/\b\d+(\.\d+)? ?s\b/g, "[TIME]")
    .replace(/\b\d+:\d\d(:\d\d)?\b(?!:)/g, "[CLOCK]")
    .replace(/\bpid \d+/g, "pid [PID]")
    .replace(/\b\d+(\.\d+)? tasks\/s/g, "[RATE] tasks/s");
}

function part(name: string, text: string): string[] {
  return text === ""
    ? []
    : [
        `--- ${name}`,
        ...text
          .replace(/\n$/, "")
          .split("\n")
          .map((line) => line.trimEnd()),
      ];
}
