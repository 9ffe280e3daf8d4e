// The mesh that the build puts beside the template.
import { describe, expect, test } from "bun:test";
import bunny from "bunny";
import { bunnyHeight, bunnyJson } from "../../../src/templates/bunny-mesh.ts";
import { boundingBox, surfaceFromLists, volume } from "../../../src/templates/deform/mesh.ts";

const tetrahedron = {
  positions: [
    [0, 0, 0],
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  cells: [
    [0, 2, 1],
    [0, 1, 3],
    [0, 3, 2],
    [1, 2, 3],
  ],
};

describe("the bunny", () => {
  const text = bunnyJson(bunny);
  const { positions, triangles, about } = JSON.parse(text);
  const surface = surfaceFromLists(positions, triangles);

  test("stands on the ground, is 0.12 m tall and centred", () => {
    const { low, high } = boundingBox(surface.points);
    expect(low[1]).toBe(0);
    expect(high[1]).toBe(bunnyHeight);
    expect(low[0] + high[0]).toBeCloseTo(0, 4);
    expect(low[2] + high[2]).toBeCloseTo(0, 4);
    expect(volume(surface)).toBeWithin(3.6e-4, 3.8e-4);
  });

  test("keeps all its points and triangles, and says where it comes from", () => {
    expect(surface.points).toHaveLength(bunny.positions.length);
    expect(surface.triangles).toHaveLength(bunny.cells.length);
    expect(about).toContain("Stanford");
  });

  test("is rounded to a hundredth of a millimetre, and the same text every time", () => {
    for (const value of positions) expect(Math.abs(value * 1e5 - Math.round(value * 1e5))).toBeLessThan(1e-9);
    expect(text).not.toContain("-0,");
    expect(bunnyJson(bunny)).toBe(text);
    expect(text.length).toBeLessThan(120_000);
  });
});

describe("a mesh that is no closed surface is refused", () => {
  test("with a hole", () => {
    expect(() => bunnyJson({ ...tetrahedron, cells: tetrahedron.cells.slice(1) })).toThrow("open at edge");
  });

  test("turned inside out", () => {
    const cells = tetrahedron.cells.map((cell) => cell.toReversed());
    expect(() => bunnyJson({ ...tetrahedron, cells })).toThrow("inwards");
  });

  test("with one triangle turned around", () => {
    const [first = [], ...others] = tetrahedron.cells;
    const cells = [first.toReversed(), ...others];
    expect(() => bunnyJson({ ...tetrahedron, cells })).toThrow("same direction");
  });

  test("with a triangle of a point that is not there", () => {
    expect(() => bunnyJson({ ...tetrahedron, cells: [...tetrahedron.cells, [0, 1, 7]] })).toThrow(
      "point 7 of 4",
    );
  });
});

test("points that coincide become one, and triangles without area vanish", () => {
  const mesh = {
    positions: [...tetrahedron.positions, [1e-7, 0, 0], [5, 5, 5].map(() => 0.5)],
    cells: [[4, 2, 1], [0, 4, 1], ...tetrahedron.cells.slice(1)],
  };
  const { positions, triangles } = JSON.parse(bunnyJson(mesh));
  expect(positions).toHaveLength(4 * 3);
  expect(triangles).toHaveLength(4 * 3);
});
