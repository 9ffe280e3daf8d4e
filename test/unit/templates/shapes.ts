// Bodies whose volume, stiffness and silhouette are known without a computer.
import { type Lattice, latticeOfCells } from "../../../src/templates/deform/lattice.ts";
import type { Surface, Triangle } from "../../../src/templates/deform/mesh.ts";
import {
  add,
  cross,
  dot,
  normalize,
  scale,
  subtract,
  type Vec3,
} from "../../../src/templates/deform/vector.ts";

/** A block of nx × ny × nz cubes of `size` metres, one corner at the origin. */
export function block([nx, ny, nz]: Vec3, size: number): Lattice {
  const cells: Vec3[] = [];
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      for (let z = 0; z < nz; z++) cells.push([x, y, z]);
    }
  }
  return latticeOfCells(cells, { size, origin: [0, 0, 0] });
}

/** A sphere of the given radius around `middle`: an octahedron, its triangles split `splits` times. */
export function sphere(radius: number, splits: number, middle: Vec3 = [0, 0, 0]): Surface {
  const ends: readonly Vec3[] = [
    [1, 0, 0],
    [-1, 0, 0],
    [0, 1, 0],
    [0, -1, 0],
    [0, 0, 1],
    [0, 0, -1],
  ];
  const points: Vec3[] = [...ends];
  let triangles: Triangle[] = [
    [0, 2, 4],
    [2, 1, 4],
    [1, 3, 4],
    [3, 0, 4],
    [2, 0, 5],
    [1, 2, 5],
    [3, 1, 5],
    [0, 3, 5],
  ];
  const between = new Map<string, number>();
  const halfway = (a: number, b: number): number => {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    const known = between.get(key);
    if (known !== undefined) return known;
    const [p, q] = [points[a] ?? [0, 0, 0], points[b] ?? [0, 0, 0]];
    points.push(normalize([p[0] + q[0], p[1] + q[1], p[2] + q[2]]));
    between.set(key, points.length - 1);
    return points.length - 1;
  };
  for (let i = 0; i < splits; i++) {
    triangles = triangles.flatMap(([a, b, c]): Triangle[] => {
      const [ab, bc, ca] = [halfway(a, b), halfway(b, c), halfway(c, a)];
      return [
        [a, ab, ca],
        [ab, b, bc],
        [ca, bc, c],
        [ab, bc, ca],
      ];
    });
  }
  return {
    points: points.map(([x, y, z]) => [
      x * radius + middle[0],
      y * radius + middle[1],
      z * radius + middle[2],
    ]),
    triangles,
  };
}

/** Turns points by an angle (rad) around an axis through the origin (Rodrigues' formula). */
export function turning(axis: Vec3, angle: number): (point: Vec3) => Vec3 {
  const k = normalize(axis);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return (p) => add(add(scale(p, c), scale(cross(k, p), s)), scale(k, dot(k, p) * (1 - c)));
}

/** The farthest that any point is from where it should be. */
export function farthest(points: readonly Vec3[], expected: readonly Vec3[]): number {
  return Math.max(
    ...points.map((point, i) => {
      const off = subtract(point, expected[i] ?? [Number.NaN, 0, 0]);
      return Math.hypot(...off);
    }),
  );
}
