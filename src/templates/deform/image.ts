// A picture as rows of red, green, blue, and the few things that are done with one.
import { glyph, glyphHeight, glyphWidth } from "./font.ts";
import { at } from "./vector.ts";

/** Red, green and blue, 0 … 255, as a screen shows them (sRGB). */
export type Colour = readonly [red: number, green: number, blue: number];

/** Three bytes for each pixel, row by row from the top left. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

export function blankImage(width: number, height: number, colour: Colour): Image {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < rgb.length; i++) rgb[i] = colour[i % 3] ?? 0;
  return { width, height, rgb };
}

/** The picture at 1/`factor` of its size, each pixel the mean of a square. Sizes have to be divisible. */
export function reduced(image: Image, factor: number): Image {
  const small = blankImage(image.width / factor, image.height / factor, [0, 0, 0]);
  for (let y = 0; y < small.height; y++) {
    for (let x = 0; x < small.width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let dy = 0; dy < factor; dy++) {
          const row = (y * factor + dy) * image.width + x * factor;
          for (let dx = 0; dx < factor; dx++) sum += at(image.rgb, (row + dx) * 3 + channel);
        }
        small.rgb[(y * small.width + x) * 3 + channel] = Math.round(sum / factor ** 2);
      }
    }
  }
  return small;
}

/** Colours one pixel; `opacity` 0 leaves it as it is. Nothing happens outside of the picture. */
export function paint(image: Image, [x, y]: readonly [number, number], colour: Colour, opacity = 1): void {
  if (x < 0 || y < 0 || x >= image.width || y >= image.height) return;
  const offset = (y * image.width + x) * 3;
  colour.forEach((value, channel) => {
    const before = at(image.rgb, offset + channel);
    image.rgb[offset + channel] = Math.round(before + (value - before) * opacity);
  });
}

/** Puts `source` into `target` with its top left corner at (x, y); what does not fit is cut off. */
export function paste(target: Image, source: Image, [x, y]: readonly [number, number]): void {
  for (let row = 0; row < source.height; row++) {
    for (let column = 0; column < source.width; column++) {
      const offset = (row * source.width + column) * 3;
      const { rgb } = source;
      paint(target, [x + column, y + row], [at(rgb, offset), at(rgb, offset + 1), at(rgb, offset + 2)]);
    }
  }
}

/** Writes a line of text with its top left corner at (x, y). */
export function write(image: Image, text: string, [x, y]: readonly [number, number], colour: Colour): void {
  [...text].forEach((character, place) => {
    glyph(character).forEach((row, dy) => {
      for (let dx = 0; dx < glyphWidth; dx++) {
        const set = (row >> (glyphWidth - 1 - dx)) & 1;
        if (set === 1) paint(image, [x + place * letterStep + dx, y + dy], colour);
      }
    });
  });
}

/** How wide a line of text is (pixels). */
export const textWidth = (text: string): number => Math.max(0, [...text].length * letterStep - 1);

export const textHeight = glyphHeight;

const letterStep = glyphWidth + 1;
