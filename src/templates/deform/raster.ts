// A z-buffer rasteriser: which triangle is seen at which pixel, and where within it. Shading comes after, once
// per pixel that is really seen (a "visibility buffer", Burns & Hunt 2013).
import type { Triangle } from "./mesh.ts";
import { at } from "./vector.ts";
import type { ScreenPoint, View } from "./view.ts";

/** Row by row from the top left; pixel (x, y) is at index y·width + x and is sampled at its centre. */
export interface Visible {
  readonly width: number;
  readonly height: number;
  /** The nearest surface's nearness; −∞ where nothing is seen. */
  readonly nearness: Float64Array;
  /** The nearest triangle's number in the order drawn; −1 where nothing is seen. */
  readonly triangle: Int32Array;
  /** The weights of the triangle's first and second corner; the third has the rest. */
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/**
 * Draws triangles (Pineda 1988, "A Parallel Algorithm for Polygon Rasterization"). Both sides are drawn: a
 * torn or folded surface shows as one, and a mask is the same from either side.
 *
 * Weights are linear on the screen, without perspective: right for triangles of a few pixels.
 */
export function rasterise(
  view: Pick<View, "width" | "height">,
  points: readonly ScreenPoint[],
  triangles: readonly Triangle[],
): Visible {
  const { width, height } = view;
  const pixels = width * height;
  const seen: Visible = {
    width,
    height,
    nearness: new Float64Array(pixels).fill(Number.NEGATIVE_INFINITY),
    triangle: new Int32Array(pixels).fill(-1),
    first: new Float32Array(pixels),
    second: new Float32Array(pixels),
  };
  triangles.forEach(([a, b, c], index) => {
    draw(seen, index, [at(points, a), at(points, b), at(points, c)]);
  });
  return seen;
}

function draw(seen: Visible, index: number, corners: readonly [ScreenPoint, ScreenPoint, ScreenPoint]): void {
  const [[ax, ay, az], [bx, by, bz], [cx, cy, cz]] = corners;
  const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  if (area === 0 || !Number.isFinite(area)) return;
  const left = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5));
  const right = Math.min(seen.width - 1, Math.floor(Math.max(ax, bx, cx) - 0.5));
  const top = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5));
  const bottom = Math.min(seen.height - 1, Math.floor(Math.max(ay, by, cy) - 0.5));
  for (let row = top; row <= bottom; row++) {
    const y = row + 0.5;
    for (let column = left; column <= right; column++) {
      const x = column + 0.5;
      const u = ((bx - x) * (cy - y) - (by - y) * (cx - x)) / area;
      const v = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) / area;
      const w = 1 - u - v;
      if (u < 0 || v < 0 || w < 0) continue;
      const pixel = row * seen.width + column;
      const nearness = u * az + v * bz + w * cz;
      if (nearness <= at(seen.nearness, pixel)) continue;
      seen.nearness[pixel] = nearness;
      seen.triangle[pixel] = index;
      seen.first[pixel] = u;
      seen.second[pixel] = v;
    }
  }
}
