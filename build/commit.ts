// Which commit the sources are: an executable that was copied to a cluster is asked for it months later. Nothing of the
// machine, the time or the folder goes in: the same commit must give the same bytes everywhere, with git at hand or not.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./places.ts";
import { capture } from "./program.ts";

/** In full; `+changes` behind it where the sources differ from it; empty where nobody can tell. */
export function commit(): string {
  return commitByGit() ?? commitByReading() ?? "";
}

function commitByGit(): string | undefined {
  if (!existsSync(join(root, ".git")) || Bun.which("git") === null) return undefined;
  const head = capture(["git", "rev-parse", "HEAD"]);
  const sources = ["src", "build", "package.json", "package-lock.json", "tsconfig.json"];
  const changed = capture(["git", "status", "--porcelain", "--", ...sources]);
  if (head.status !== 0 || changed.status !== 0) return undefined;
  return head.stdout.trim() + (changed.stdout.trim() === "" ? "" : "+changes");
}

/** On a machine with nothing but Node or Bun there is no git, but the files of the checkout say the same. */
function commitByReading(): string | undefined {
  const head = read(".git", "HEAD")?.trim();
  const reference = head?.match(/^ref: (.+)$/)?.[1];
  if (reference === undefined) return onlyCommit(head);
  const packed = read(".git", "packed-refs")
    ?.split("\n")
    .find((line) => line.endsWith(` ${reference}`));
  return onlyCommit(read(".git", ...reference.split("/"))?.trim() ?? packed?.split(" ")[0]);
}

function onlyCommit(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{40,64}$/.test(text) ? text : undefined;
}

function read(...path: readonly string[]): string | undefined {
  const file = join(root, ...path);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
