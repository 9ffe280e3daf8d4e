// Pictures: what is lit and what lies in shadow, PNG files, letters.
import { describe, expect, test } from "bun:test";
import { inflateSync } from "node:zlib";
import { heat } from "../../../src/templates/deform/colours.ts";
import { glyph } from "../../../src/templates/deform/font.ts";
import {
  blankImage,
  type Image,
  paint,
  paste,
  reduced,
  textWidth,
  write,
} from "../../../src/templates/deform/image.ts";
import { vertexNormals } from "../../../src/templates/deform/mesh.ts";
import { picture } from "../../../src/templates/deform/picture.ts";
import { fromPng, toPng } from "../../../src/templates/deform/png.ts";
import { camera } from "../../../src/templates/deform/view.ts";
import { seeded } from "../../support/seeded.ts";
import { sphere } from "./shapes.ts";

function noise(width: number, height: number, seed: number): Image {
  const { below } = seeded(seed);
  const image = blankImage(width, height, [0, 0, 0]);
  image.rgb.forEach((_, i) => {
    image.rgb[i] = below(256);
  });
  return image;
}

describe("a ball on the ground", () => {
  const ball = sphere(0.04, 4, [0, 0.04, 0]);
  const eye = camera(
    { width: 120, height: 90 },
    { eye: [0, 0.1, 0.5], target: [0, 0.04, 0], fieldOfView: 0.2 },
  );
  const model = {
    ...ball,
    normals: vertexNormals(ball),
    colours: ball.points.map(() => [200, 60, 40] as const),
  };
  const image = picture(model, eye, 0.2);
  const brightness = (x: number, y: number): number => {
    const offset = 3 * (Math.floor(y) * image.width + Math.floor(x));
    return [0, 1, 2].reduce((sum, channel) => sum + (image.rgb[offset + channel] ?? Number.NaN), 0);
  };

  test("has its own colour in the middle, and the backdrop beside it", () => {
    const [x, y] = eye.project([0, 0.04, 0.04]);
    const offset = 3 * (Math.floor(y) * image.width + Math.floor(x));
    const [red, green, blue] = image.rgb.subarray(offset, offset + 3);
    expect(red).toBeGreaterThan(2 * Math.max(green ?? 999, blue ?? 999));
    const [r, g, b] = image.rgb.subarray(0, 3);
    expect(Math.max(r ?? 0, g ?? 0, b ?? 0) - Math.min(r ?? 999, g ?? 999, b ?? 999)).toBeLessThan(40);
  });

  test("is brighter on the lamp's side, upper left, than on the other", () => {
    const [x, y] = eye.project([0, 0.04, 0.04]);
    expect(brightness(x - 10, y - 10)).toBeGreaterThan(1.2 * brightness(x + 10, y + 10));
  });

  test("throws its shadow away from the lamp, to the right", () => {
    const [right, row] = eye.project([0.06, 0, -0.02]);
    const [left] = eye.project([-0.06, 0, -0.02]);
    expect(brightness(right, row)).toBeLessThan(0.85 * brightness(left, row));
  });
});

describe("PNG files", () => {
  test("give back every pixel, for pictures of any size and content", () => {
    const sizes = [
      [1, 1],
      [1, 9],
      [9, 1],
      [7, 5],
      [64, 48],
    ] as const;
    for (const [seed, [width, height]] of sizes.entries()) {
      const image = noise(width, height, seed);
      expect(fromPng(toPng(image))).toEqual(image);
    }
  });

  test("are laid out as the standard says, and small for smooth pictures", () => {
    const bytes = toPng(blankImage(320, 240, [10, 20, 30]));
    expect([...bytes.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    const view = new DataView(bytes.buffer);
    const type = (offset: number): string => new TextDecoder().decode(bytes.subarray(offset + 4, offset + 8));
    expect([view.getUint32(8), type(8), view.getUint32(16), view.getUint32(20)]).toEqual([
      13,
      "IHDR",
      320,
      240,
    ]);
    expect([...bytes.subarray(24, 29)]).toEqual([8, 2, 0, 0, 0]);
    expect(type(33)).toBe("IDAT");
    const rows = inflateSync(bytes.subarray(41, 41 + view.getUint32(33)));
    expect(rows.length).toBe((320 * 3 + 1) * 240);
    expect(type(bytes.length - 12)).toBe("IEND");
    expect(bytes.length).toBeLessThan(2000);
  });

  test("are refused when any byte of a chunk is wrong", () => {
    const bytes = toPng(noise(4, 3, 1));
    for (let i = 0; i < bytes.length; i++) {
      const wrong = Uint8Array.from(bytes);
      wrong[i] = (wrong[i] ?? 0) ^ 0x10;
      expect(() => fromPng(wrong)).toThrow();
    }
  });
});

describe("pictures", () => {
  test("are reduced to the mean of their squares", () => {
    const image = blankImage(4, 2, [0, 0, 0]);
    paint(image, [0, 0], [200, 100, 40]);
    const small = reduced(image, 2);
    expect([...small.rgb]).toEqual([50, 25, 10, 0, 0, 0]);
  });

  test("are pasted where they are told, and cut off at the edge", () => {
    const image = blankImage(3, 1, [0, 0, 0]);
    paste(image, blankImage(2, 2, [9, 9, 9]), [2, 0]);
    expect([...image.rgb]).toEqual([0, 0, 0, 0, 0, 0, 9, 9, 9]);
  });

  test("take paint by its opacity and ignore what lies outside", () => {
    const image = blankImage(1, 1, [100, 100, 100]);
    paint(image, [0, 0], [200, 0, 100], 0.5);
    paint(image, [1, 0], [0, 0, 0]);
    paint(image, [0, -1], [0, 0, 0]);
    expect([...image.rgb]).toEqual([150, 50, 100]);
  });
});

describe("letters", () => {
  const known = [..." 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,:-+/%()=#_"];

  test("are all different from each other and from the box for missing ones", () => {
    const shapes = [...known, "€"].map((character) => glyph(character).join());
    expect(new Set(shapes).size).toBe(shapes.length);
    for (const character of known) {
      expect(glyph(character)).toHaveLength(7);
      for (const row of glyph(character)) expect(row).toBeWithin(0, 32);
    }
  });

  test("look like themselves on a picture", () => {
    const image = blankImage(textWidth("#7m"), 7, [0, 0, 0]);
    write(image, "#7m", [0, 0], [255, 255, 255]);
    const rows = Array.from({ length: 7 }, (_, y) =>
      Array.from({ length: image.width }, (_, x) =>
        image.rgb[3 * (y * image.width + x)] === 255 ? "#" : ".",
      ).join(""),
    );
    expect(rows).toEqual([
      ".#.#..#####......",
      ".#.#......#......",
      "#####....#..##.#.",
      ".#.#....#...#.#.#",
      "#####..#....#.#.#",
      ".#.#...#....#...#",
      ".#.#...#....#...#",
    ]);
  });
});

test("colours of a displacement go from clay to purple, ever darker, and stay within the scale", () => {
  const light = (share: number): number =>
    heat(share)[0] * 0.3 + heat(share)[1] * 0.59 + heat(share)[2] * 0.11;
  for (let share = 0; share < 1; share += 0.01) expect(light(share + 0.01)).toBeLessThan(light(share));
  expect(heat(-1)).toEqual(heat(0));
  expect(heat(7)).toEqual(heat(1));
});
