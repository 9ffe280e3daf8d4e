// What is measured on a surface, and the files that keep it.
import { describe, expect, test } from "bun:test";
import {
  displacements,
  fromPly,
  surfaceFromLists,
  toPly,
  vertexAreas,
  vertexNormals,
  volume,
} from "../../../src/templates/deform/mesh.ts";
import { dot, normalize } from "../../../src/templates/deform/vector.ts";
import { sphere } from "./shapes.ts";

const ball = sphere(0.1, 4);

describe("a sphere", () => {
  test("has the volume 4/3·π·r³ and the area 4·π·r², less what its flat triangles cut off", () => {
    expect(volume(ball) / ((4 / 3) * Math.PI * 1e-3)).toBeWithin(0.99, 1);
    const area = vertexAreas(ball).reduce((sum, part) => sum + part, 0);
    expect(area / (4 * Math.PI * 1e-2)).toBeWithin(0.99, 1);
  });

  test("has the same volume wherever it is", () => {
    expect(volume(sphere(0.1, 4, [3, -2, 5]))).toBeCloseTo(volume(ball), 12);
  });

  test("has normals that point away from its middle", () => {
    vertexNormals(ball).forEach((normal, i) => {
      expect(dot(normal, normalize(ball.points[i] ?? [0, 0, 0]))).toBeGreaterThan(0.999);
    });
  });
});

test("displacements are distances from point to point", () => {
  const moved = { ...ball, points: ball.points.map(([x, y, z]) => [x + 0.03, y, z - 0.04] as const) };
  for (const distance of displacements(ball, moved)) expect(distance).toBeCloseTo(0.05, 14);
});

describe("PLY files", () => {
  test("give back the same triangles, and the points as precisely as 32 bits can", () => {
    const back = fromPly(toPly(ball));
    expect(back.triangles).toEqual(ball.triangles);
    expect(back.points).toEqual(
      ball.points.map(([x, y, z]) => [Math.fround(x), Math.fround(y), Math.fround(z)]),
    );
  });

  test("begin with a header that other programs read", () => {
    const text = new TextDecoder().decode(toPly(ball).subarray(0, 300));
    expect(text).toStartWith("ply\nformat binary_little_endian 1.0\n");
    expect(text).toContain(`element vertex ${ball.points.length}\nproperty float x\n`);
    expect(text).toContain(`element face ${ball.triangles.length}\nproperty list uchar int vertex_indices\n`);
  });

  test("are refused when they are cut short, at any length", () => {
    const bytes = toPly(sphere(0.1, 1));
    for (let length = 0; length < bytes.length; length++) {
      expect(() => fromPly(bytes.subarray(0, length))).toThrow("PLY");
    }
  });
});

test("flat lists become points and triangles", () => {
  const surface = surfaceFromLists([1, 2, 3, 4, 5, 6, 7, 8, 9], [0, 1, 2]);
  expect(surface.points).toEqual([
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ]);
  expect(surface.triangles).toEqual([[0, 1, 2]]);
});
