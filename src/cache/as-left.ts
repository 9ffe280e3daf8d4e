// Does still lie there what a task left? Asked before a file is removed or put aside: what somebody changed by hand stays.
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { entryKind, type FileRecord } from "../core/manifest.ts";
import { readContentNow } from "../system/file-content.ts";
import { bringUpToDate } from "../system/up-to-date.ts";
import { Look, type Lying } from "./output-place.ts";

/** Why something that lies under a recorded name is not what was recorded. */
export type NotAsLeft =
  /** It holds something else than the task wrote. */
  | { readonly kind: "changed" }
  /** Something else lies there, or in the place of a folder that it was in. */
  | { readonly kind: "replaced"; readonly by: "link" | "folder" | "file" | "other" };

/**
 * Looks, and where the answer is not the hoped-for one, once more after asking the file server anew: another machine may have left
 * the file so a moment ago.
 * @throws FileError where it cannot be read.
 */
export function lookWhetherAsLeft(
  at: { readonly folder: string; readonly look: Look },
  path: string,
  known: readonly FileRecord[],
): ReturnType<typeof asLeft> {
  const whole = join(at.folder, path);
  const found = asLeft(whole, at.look.at(path), known);
  if (found === "as-left") return found;
  bringUpToDate(at.folder, [path]);
  return asLeft(whole, new Look(at.folder).at(path), known);
}

/**
 * `known`: the records that it may be as, at least one. Content is read only where size and time do not tell.
 * @throws FileError where it cannot be read.
 */
function asLeft(path: string, lying: Lying, known: readonly FileRecord[]): "missing" | "as-left" | NotAsLeft {
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
