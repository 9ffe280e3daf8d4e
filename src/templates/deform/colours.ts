// The colour of a displacement, and the scale that explains it.
import { type Colour, type Image, paint, textHeight, textWidth, write } from "./image.ts";
import { at, mix } from "./vector.ts";

/** From clay where nothing moved, over orange and red, to purple where it moved most: ever darker, so that it also reads in grey. */
const steps: readonly Colour[] = [
  [240, 230, 214],
  [250, 214, 150],
  [247, 160, 84],
  [226, 88, 62],
  [168, 38, 86],
  [92, 20, 98],
];

/** The colour of a share 0 … 1 of the largest value. */
export function heat(share: number): Colour {
  const place = Math.min(1, Math.max(0, share)) * (steps.length - 1);
  const below = Math.min(steps.length - 2, Math.floor(place));
  return mix(at(steps, below), at(steps, below + 1), place - below);
}

/** Draws a scale from 0 to `largest` metres into the lower left corner. */
export function drawScale(image: Image, largest: number): void {
  const left = 10;
  const width = 84;
  const bar = image.height - 22;
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < 6; y++) paint(image, [left + x, bar + y], heat(x / (width - 1)));
  }
  const text = `${millimetres(largest)} mm`;
  const line = bar + 6 + 3;
  write(image, "0", [left, line], ink);
  write(image, text, [left + width - textWidth(text), line], ink);
  write(image, "displacement", [left, bar - textHeight - 3], ink);
}

/** Metres as millimetres with one decimal. */
export const millimetres = (metres: number): string => (metres * 1000).toFixed(1);

export const ink: Colour = [52, 60, 72];
