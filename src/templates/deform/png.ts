// PNG files: written for pictures, read back for the contact sheet.
// W3C 2003, "Portable Network Graphics (PNG) Specification", 8 bits, red, green, blue, not interlaced.
import { crc32, deflateSync, inflateSync } from "node:zlib";
import type { Image } from "./image.ts";
import { at } from "./vector.ts";

export function toPng({ width, height, rgb }: Image): Uint8Array {
  const stride = width * 3;
  const filtered = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    const row = y * (stride + 1);
    filtered[row] = paethFilter;
    for (let i = 0; i < stride; i++) {
      const here = y * stride + i;
      filtered[row + 1 + i] = at(rgb, here) - predicted(rgb, here, { first: i < 3, top: y === 0, stride });
    }
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([bitsPerChannel, redGreenBlue, 0, 0, 0], 8);
  const parts = [
    Uint8Array.from(signature),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(filtered, { level: 9 })),
    chunk("IEND", new Uint8Array()),
  ];
  return concatenated(parts);
}

/** Reads a picture that `toPng` wrote. Throws when it is damaged or of another kind. */
export function fromPng(bytes: Uint8Array): Image {
  if (!signature.every((byte, i) => bytes[i] === byte)) throw new Error("not a PNG file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: Uint8Array[] = [];
  let [width, height] = [0, 0];
  for (let offset = signature.length; offset + 12 <= bytes.length; ) {
    const length = view.getUint32(offset);
    const type = new TextDecoder("latin1").decode(bytes.subarray(offset + 4, offset + 8));
    const body = bytes.subarray(offset + 8, offset + 8 + length);
    if (view.getUint32(offset + 8 + length) !== crc32(bytes.subarray(offset + 4, offset + 8 + length))) {
      throw new Error(`PNG chunk ${type} is damaged`);
    }
    if (type === "IHDR") {
      [width, height] = [view.getUint32(offset + 8), view.getUint32(offset + 12)];
      if (body[8] !== bitsPerChannel || body[9] !== redGreenBlue || body[12] !== 0) {
        throw new Error("a PNG file of a kind that this pipeline does not write");
      }
    }
    if (type === "IDAT") data.push(body);
    offset += 12 + length;
  }
  return { width, height, rgb: unfiltered(inflateSync(concatenated(data)), width, height) };
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const bitsPerChannel = 8;
const redGreenBlue = 2;
const paethFilter = 4;

interface Place {
  readonly first: boolean;
  readonly top: boolean;
  readonly stride: number;
}

/** Paeth's guess of a byte: that one of left, above and above left which is nearest to left + above − above left. */
function predicted(rgb: Uint8Array, index: number, { first, top, stride }: Place): number {
  const left = first ? 0 : at(rgb, index - 3);
  const above = top ? 0 : at(rgb, index - stride);
  const aboveLeft = first || top ? 0 : at(rgb, index - stride - 3);
  const guess = left + above - aboveLeft;
  const toLeft = Math.abs(guess - left);
  const toAbove = Math.abs(guess - above);
  const toAboveLeft = Math.abs(guess - aboveLeft);
  if (toLeft <= toAbove && toLeft <= toAboveLeft) return left;
  return toAbove <= toAboveLeft ? above : aboveLeft;
}

function unfiltered(filtered: Uint8Array, width: number, height: number): Uint8Array {
  const stride = width * 3;
  if (filtered.length !== (stride + 1) * height) throw new Error("PNG file has the wrong number of pixels");
  const rgb = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const row = y * (stride + 1);
    if (filtered[row] !== paethFilter)
      throw new Error("PNG row with a filter that this pipeline does not use");
    for (let i = 0; i < stride; i++) {
      const here = y * stride + i;
      rgb[here] = at(filtered, row + 1 + i) + predicted(rgb, here, { first: i < 3, top: y === 0, stride });
    }
  }
  return rgb;
}

/** Length, type, data, and the checksum of type and data. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
