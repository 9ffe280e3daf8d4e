// The lattice around a surface: whole, without gaps, as heavy as the body, and carrying every point.
import { describe, expect, test } from "bun:test";
import { Element, Particle } from "../../../src/templates/deform/element.ts";
import { anchored, type Lattice, latticeAround } from "../../../src/templates/deform/lattice.ts";
import { volume } from "../../../src/templates/deform/mesh.ts";
import { add, type Vec3 } from "../../../src/templates/deform/vector.ts";
import { block, farthest, sphere, turning } from "./shapes.ts";

function materialIn(lattice: Lattice): number {
  return lattice.tetrahedra.reduce((sum, { corners, fill }) => {
    const [a, b, c, d] = corners.map((i) => new Particle(lattice.points[i] ?? [Number.NaN, 0, 0]));
    return a && b && c && d ? sum + new Element([a, b, c, d], fill).volume : Number.NaN;
  }, 0);
}

/** How many tetrahedra have each face. */
function faces(lattice: Lattice): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { corners } of lattice.tetrahedra) {
    for (const left of corners) {
      const key = corners.filter((corner) => corner !== left).join(" ");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

describe("a block of cubes", () => {
  const lattice = block([3, 4, 5], 0.01);

  test("has each grid point once and fills its volume", () => {
    expect(lattice.points).toHaveLength(4 * 5 * 6);
    expect(lattice.tetrahedra).toHaveLength(5 * 3 * 4 * 5);
    expect(materialIn(lattice)).toBeCloseTo(60e-6, 12);
  });

  test("has no gap: an inner face belongs to two tetrahedra, an outer one to one", () => {
    const counts = [...faces(lattice).values()];
    expect(new Set(counts)).toEqual(new Set([1, 2]));
    // Two triangles for each square of the outside.
    expect(counts.filter((count) => count === 1)).toHaveLength(2 * 2 * (3 * 4 + 4 * 5 + 5 * 3));
  });
});

describe("a lattice around a sphere", () => {
  const ball = sphere(0.05, 4, [0.3, -0.2, 0.1]);
  const { lattice, anchors } = latticeAround(ball, 0.012);

  test("holds as much material as the sphere, within two per cent", () => {
    expect(materialIn(lattice) / volume(ball)).toBeWithin(0.98, 1.02);
    const cells = new Set(lattice.tetrahedra.map(({ fill }) => fill));
    expect(Math.max(...cells)).toBeCloseTo(1, 12);
    expect(Math.min(...cells)).toBeLessThan(0.3);
  });

  test("gives every surface point weights between zero and one that lead back to it", () => {
    for (const { weights } of anchors) {
      expect(weights[0] + weights[1] + weights[2] + weights[3]).toBeCloseTo(1, 12);
      expect(Math.min(...weights)).toBeGreaterThan(-1e-9);
    }
    const places = anchors.map((anchor) => anchored(anchor, lattice.points));
    expect(farthest(places, ball.points)).toBeLessThan(1e-14);
  });

  test("carries the surface exactly through any motion that is the same everywhere", () => {
    const turn = turning([1, -2, 0.5], 0.8);
    const motion = (point: Vec3): Vec3 => {
      const [x, y, z] = turn(point);
      return add([x * 1.2 + 0.1 * y, y, z - 0.3 * x], [1, 2, 3]);
    };
    const moved = lattice.points.map(motion);
    const places = anchors.map((anchor) => anchored(anchor, moved));
    expect(farthest(places, ball.points.map(motion))).toBeLessThan(1e-13);
  });
});
