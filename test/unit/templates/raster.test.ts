// The rasteriser by pixels that can be counted, and the views by points whose place is known.
import { describe, expect, test } from "bun:test";
import { rasterise } from "../../../src/templates/deform/raster.ts";
import { camera, parallelView, type ScreenPoint } from "../../../src/templates/deform/view.ts";
import { seeded } from "../../support/seeded.ts";

const screen = { width: 8, height: 6 };
const seenAt = (seen: ReturnType<typeof rasterise>): string[] =>
  Array.from({ length: seen.height }, (_, y) =>
    Array.from(seen.triangle.subarray(y * seen.width, (y + 1) * seen.width), (t) => (t < 0 ? "." : t)).join(
      "",
    ),
  );

describe("the rasteriser", () => {
  test("draws the pixels whose centre lies within a triangle", () => {
    const points: ScreenPoint[] = [
      [1, 1, 1],
      [5, 1, 1],
      [1, 5, 1],
    ];
    expect(seenAt(rasterise(screen, points, [[0, 1, 2]]))).toEqual([
      "........",
      ".0000...",
      ".000....",
      ".00.....",
      ".0......",
      "........",
    ]);
  });

  test("shows the nearer triangle, whichever was drawn first", () => {
    const near: ScreenPoint[] = [
      [0, 0, 2],
      [8, 0, 2],
      [0, 6, 2],
    ];
    const far: ScreenPoint[] = [
      [0, 0, 1],
      [8, 0, 1],
      [8, 6, 1],
    ];
    const picture = (order: readonly ScreenPoint[]): string[] =>
      seenAt(
        rasterise(screen, order, [
          [0, 1, 2],
          [3, 4, 5],
        ]),
      );
    const swapped = picture([...far, ...near]).map((row) =>
      row.replace(/[01]/g, (t) => (t === "0" ? "1" : "0")),
    );
    expect(picture([...near, ...far])).toEqual(swapped);
    expect(picture([...near, ...far])[0]).toBe("00000001");
  });

  test("gives weights that lead back to the pixel's centre", () => {
    const { next } = seeded(5);
    for (let round = 0; round < 300; round++) {
      const corner = (): ScreenPoint => [16 * next() - 4, 12 * next() - 3, next()];
      const [a, b, c] = [corner(), corner(), corner()];
      const seen = rasterise(screen, [a, b, c], [[0, 1, 2]]);
      seen.triangle.forEach((triangle, pixel) => {
        if (triangle < 0) return;
        const [u, v] = [seen.first[pixel] ?? Number.NaN, seen.second[pixel] ?? Number.NaN];
        expect(u * a[0] + v * b[0] + (1 - u - v) * c[0]).toBeCloseTo((pixel % 8) + 0.5, 4);
        expect(u * a[1] + v * b[1] + (1 - u - v) * c[1]).toBeCloseTo(Math.floor(pixel / 8) + 0.5, 4);
      });
    }
  });

  test("leaves no hole between two triangles that share an edge", () => {
    const { next } = seeded(6);
    for (let round = 0; round < 300; round++) {
      const middle: ScreenPoint = [2 + 4 * next(), 1.5 + 3 * next(), 1];
      const corners: ScreenPoint[] = [[0, 0, 1], [8, 0, 1], [8, 6, 1], [0, 6, 1], middle];
      const seen = rasterise(screen, corners, [
        [0, 1, 4],
        [1, 2, 4],
        [2, 3, 4],
        [3, 0, 4],
      ]);
      expect(Math.min(...seen.triangle)).toBe(0);
    }
  });

  test("passes over triangles without area, without end, and beside the picture", () => {
    const points: ScreenPoint[] = [
      [1, 1, 1],
      [5, 5, 1],
      [3, 3, 1],
      [Number.NaN, 2, 1],
      [100, 100, 1],
      [120, 100, 1],
      [100, 120, 1],
    ];
    const seen = rasterise(screen, points, [
      [0, 1, 2],
      [0, 1, 3],
      [4, 5, 6],
    ]);
    expect(Math.max(...seen.triangle)).toBe(-1);
  });
});

describe("views", () => {
  const eye = camera(
    { width: 320, height: 240 },
    { eye: [0, 0.1, 0.5], target: [0, 0.1, 0], fieldOfView: 0.25 },
  );

  test("show the target in the middle, up above, right on the right, and what is near as nearer", () => {
    const [x, y, nearness] = eye.project([0, 0.1, 0]);
    expect([x, y]).toEqual([160, 120]);
    expect(eye.project([0, 0.15, 0])[1]).toBeLessThan(120);
    expect(eye.project([0.05, 0.1, 0])[0]).toBeGreaterThan(160);
    expect(eye.project([0, 0.1, 0.1])[2]).toBeGreaterThan(nearness);
    // Tangent of half the angle 0.25 over 0.5 m: the upper edge is 0.125 m above the target.
    expect(eye.project([0, 0.225, 0])[1]).toBeCloseTo(0, 9);
  });

  test("a ray through a pixel meets the points that are seen there", () => {
    const point = [0.03, 0.17, -0.2] as const;
    const [x, y] = eye.project(point);
    const ray = eye.ray(x, y);
    const reach = (point[2] - eye.eye[2]) / ray[2];
    expect(eye.eye[0] + reach * ray[0]).toBeCloseTo(point[0], 12);
    expect(eye.eye[1] + reach * ray[1]).toBeCloseTo(point[1], 12);
  });

  test("a parallel view keeps lengths and sees what is nearer to the lamp as nearer", () => {
    const lamp = parallelView(100, { towards: [0, 0, 1], target: [0, 0, 0], radius: 0.5 });
    expect(lamp.project([0.25, 0, 0]).slice(0, 2)).toEqual([75, 50]);
    expect(lamp.project([0.25, 0, -9])[0]).toBe(75);
    expect(lamp.project([0, 0, 0.1])[2]).toBeGreaterThan(lamp.project([0, 0, 0])[2]);
  });
});
