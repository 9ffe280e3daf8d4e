// Does still lie there what a task left? Asked before a file is removed or put aside: what somebody changed by hand stays.
import { lstatSync } from "node:fs";
import { entryKind, type FileRecord } from "../core/manifest.ts";
import { readContentNow } from "../system/file-content.ts";
import type { Lying } from "./output-place.ts";

/** Why something that lies under a recorded name is not what was recorded. */
export type NotAsLeft =
  /** It holds something else than the task wrote. */
  | { readonly kind: "changed" }
  /** Something else lies there, or in the place of a folder that it was in. */
  | { readonly kind: "replaced"; readonly by: "link" | "folder" | "file" | "other" };

/**
 * `known`: the records that it may be as, at least one. Content is read only where size and time do not tell.
 * @throws FileError where it cannot be read.
 */
export function asLeft(
  path: string,
  lying: Lying,
  known: readonly FileRecord[],
): "missing" | "as-left" | NotAsLeft {
  switch (lying.kind) {
    case "missing":
      return "missing";
    case "behind":
      return { kind: "replaced", by: lying.by };
    case "folder":
    case "other":
      return { kind: "replaced", by: lying.kind };
    default:
  }
  const fitting = known.filter((file) => canBe(file, lying.kind));
  if (fitting.length === 0) return { kind: "replaced", by: lying.kind };
  const isSame = fitting.some((file) => file.size === lying.size && file.modified === lying.modified);
  return isSame || holdsOneOf(path, fitting) ? "as-left" : { kind: "changed" };
}

/** A link whose content nobody has read passes for a file in its record. */
function canBe(file: FileRecord, kind: "file" | "link"): boolean {
  const was = entryKind(file);
  return was === kind || (was === "file" && file.sha256 === null);
}

function holdsOneOf(path: string, files: readonly FileRecord[]): boolean {
  const { size } = lstatSync(path);
  if (!files.some((file) => file.size === size && file.sha256 !== null)) return false;
  const content = readContentNow(path);
  return content !== "missing" && files.some((file) => file.sha256 === content.sha256);
}
