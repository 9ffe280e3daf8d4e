// Messages that are too large for a record of a journal: they lie in a file of their own beside it, and the record says
// which, how large, with what content. A dataset block is told of a hundred thousand samples at once, and a command may
// answer with megabytes; cut into records they could be read in halves.
import { join } from "node:path";
import { largestBody } from "../journal/frame.ts";
import { parseJson } from "../journal/header.ts";
import { createDurable, readWhole } from "../system/durable-file.ts";
import { nonce } from "../system/nonce.ts";

/** The text of a record that carries the message, in itself or by naming a file in `folder`. @throws FileError */
export function parcelled(message: object, folder: string): string {
  const json = JSON.stringify(message);
  // One UTF-16 unit is three bytes at most.
  if (json.length * 3 <= largestBody || Buffer.byteLength(json) <= largestBody) return json;
  const file = `parcel.${nonce()}.json`;
  createDurable(join(folder, file), json);
  return JSON.stringify({ kind: "parcel", file, size: Buffer.byteLength(json), sha256: digest(json) });
}

export type Unpacked =
  | { readonly kind: "message"; readonly value: unknown }
  /** The file that the record names is not (yet) there as it should be. */
  | { readonly kind: "not-there"; readonly file: string };

/** The message in a record's body. @throws FileError where the file is there and cannot be read. */
export function unpacked(body: unknown, folder: string): Unpacked {
  const parcel = parcelIn(body);
  if (parcel === null) return { kind: "message", value: body };
  const bytes = readWhole(join(folder, parcel.file));
  if (bytes === "missing" || bytes.length !== parcel.size) return { kind: "not-there", file: parcel.file };
  const text = new TextDecoder().decode(bytes);
  if (digest(text) !== parcel.sha256) return { kind: "not-there", file: parcel.file };
  return { kind: "message", value: parseJson(text) };
}

function parcelIn(body: unknown): { file: string; size: number; sha256: string } | null {
  if (typeof body !== "object" || body === null || !("kind" in body) || body.kind !== "parcel") return null;
  if (!("file" in body && "size" in body && "sha256" in body)) return null;
  const { file, size, sha256 } = body;
  if (typeof file !== "string" || typeof size !== "number" || typeof sha256 !== "string") return null;
  return /^parcel\.[0-9a-f]{16}\.json$/.test(file) ? { file, size, sha256 } : null;
}

const digest = (text: string): string => new Bun.CryptoHasher("sha256").update(text).digest("hex");
