// A megabyte put aside beside the checkpoint, given back when the disk is full: what the running tasks still bring in is then
// remembered, and not lost for want of a few kilobytes.
import { randomBytes } from "node:crypto";
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { runinfoFolder } from "../rundir/layout.ts";
import { publish } from "../system/durable-file.ts";
import { removeFile } from "../system/durable-folder.ts";
import { FileError, isOutOfSpace, onFile } from "../system/file-error.ts";

export const reserveBytes = 1 << 20;

export const reservePath = (dataPath: string): string => join(runinfoFolder(dataPath), "reserve");

/** Puts the reserve aside where there is none. Without room for it there is none: the run starts all the same. */
export function holdReserve(dataPath: string): "held" | "no-room" {
  const path = reservePath(dataPath);
  if (sizeNow(path) === reserveBytes) return "held";
  try {
    // Random, because some filesystems give no room to zeros.
    publish(path, randomBytes(reserveBytes), { durability: "synced" });
    return "held";
  } catch (error) {
    if (error instanceof FileError && isOutOfSpace(error)) return "no-room";
    throw error;
  }
}

/** Gives the room back. */
export function releaseReserve(dataPath: string): "released" | "none" {
  const path = reservePath(dataPath);
  if (sizeNow(path) === 0) return "none";
  removeFile(path);
  return "released";
}

const sizeNow = (path: string): number =>
  onFile("status", path, () => lstatSync(path, { throwIfNoEntry: false })?.size ?? 0);
