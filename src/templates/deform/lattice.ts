// A coarse lattice of tetrahedra around a fine surface. Simulating the surface's own thousands of points would
// be slow and would need a mesher; a lattice carries them instead: each point keeps its place within the
// tetrahedron that it started in (Sederberg & Parry 1986; Müller & Gross 2004, §4, "Interactive Virtual
// Materials").
import { boundingBox, corners, type Surface } from "./mesh.ts";
import { at, cross, dot, subtract, type Vec3 } from "./vector.ts";

export type Four<T> = readonly [T, T, T, T];

/** A tetrahedron: four indices into the lattice's points, in ascending order. */
export interface Tetrahedron {
  readonly corners: Four<number>;
  /** The part of the cell around it that is inside of the surface, 0 … 1: how much material it holds. */
  readonly fill: number;
}

export interface Lattice {
  readonly points: readonly Vec3[];
  readonly tetrahedra: readonly Tetrahedron[];
}

/** A point as a weighted mean of lattice points; the weights add up to one. */
export interface Anchor {
  readonly corners: Four<number>;
  readonly weights: Four<number>;
}

/** One cube of the grid, named by its integer coordinates. */
type Cell = Vec3;

/**
 * Cubes split into five tetrahedra each, alternately mirrored so that neighbours share their face diagonals.
 *
 * `size`: edge length of a cube (m). `origin`: the corner of cube (0, 0, 0). `fill`: the material in a cube,
 * 0 … 1; every cube is full by default.
 */
export function latticeOfCells(
  cells: readonly Cell[],
  grid: { readonly size: number; readonly origin: Vec3 },
  fill: (cell: Cell) => number = () => 1,
): Lattice {
  const points: Vec3[] = [];
  const indices = new Map<string, number>();
  const pointAt = (ijk: Vec3): number => {
    const key = ijk.join(",");
    const known = indices.get(key);
    if (known !== undefined) return known;
    indices.set(key, points.length);
    points.push([
      grid.origin[0] + ijk[0] * grid.size,
      grid.origin[1] + ijk[1] * grid.size,
      grid.origin[2] + ijk[2] * grid.size,
    ]);
    return points.length - 1;
  };
  const tetrahedra: Tetrahedron[] = [];
  for (const cell of cells) {
    const mirrored = (cell[0] + cell[1] + cell[2]) % 2 !== 0;
    // Corner k of a cube lies at its binary digits: x = bit 0, y = bit 1, z = bit 2.
    const corner = (k: number): number =>
      pointAt([cell[0] + (k & 1), cell[1] + ((k >> 1) & 1), cell[2] + ((k >> 2) & 1)]);
    for (const [a, b, c, d] of mirrored ? oddSplit : evenSplit) {
      tetrahedra.push({ corners: ascending([corner(a), corner(b), corner(c), corner(d)]), fill: fill(cell) });
    }
  }
  return { points, tetrahedra };
}

/**
 * The lattice of all cubes that a closed surface touches or encloses, and each surface point's place in it.
 *
 * Cubes at the boundary are filled only in part; stiffness and mass follow the fill (Nesme et al. 2009,
 * "Preserving topology and elasticity for embedded deformable models"), so that the body weighs what its
 * volume weighs and a thin ear is not as stiff as the cubes around it.
 */
export function latticeAround(surface: Surface, size: number): { lattice: Lattice; anchors: Anchor[] } {
  const { low, high } = boundingBox(surface.points);
  const counts = [0, 1, 2].map((axis) => Math.ceil((at(high, axis) - at(low, axis)) / size + 0.02));
  const [nx, ny, nz] = [at(counts, 0), at(counts, 1), at(counts, 2)];
  // Centred, so that the surface lies a little inside on all sides.
  const origin: Vec3 = [
    (low[0] + high[0] - nx * size) / 2,
    (low[1] + high[1] - ny * size) / 2,
    (low[2] + high[2] - nz * size) / 2,
  ];
  const cellOf = (point: Vec3): Cell => [
    Math.floor((point[0] - origin[0]) / size),
    Math.floor((point[1] - origin[1]) / size),
    Math.floor((point[2] - origin[2]) / size),
  ];
  const number = (cell: Cell): number => (cell[0] * ny + cell[1]) * nz + cell[2];

  const fills = insideFractions(surface, { origin, size, counts: [nx, ny, nz] });
  const touched = new Set(surface.points.map((point) => number(cellOf(point))));
  const cells: Cell[] = [];
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      for (let z = 0; z < nz; z++) {
        if (touched.has(number([x, y, z])) || at(fills, number([x, y, z])) > 0) cells.push([x, y, z]);
      }
    }
  }
  const lattice = latticeOfCells(cells, { size, origin }, (cell) =>
    Math.max(leastFill, at(fills, number(cell))),
  );

  const tetrahedraOf = new Map(
    cells.map((cell, i) => [number(cell), lattice.tetrahedra.slice(5 * i, 5 * i + 5)]),
  );
  const anchors = surface.points.map((point) =>
    anchorIn(lattice, tetrahedraOf.get(number(cellOf(point))) ?? [], point),
  );
  return { lattice, anchors };
}

/** Where an anchored point is, given where the lattice points are. */
export function anchored(anchor: Anchor, points: readonly Vec3[]): Vec3 {
  let [x, y, z] = [0, 0, 0];
  for (const k of fourIndices) {
    const point = at(points, anchor.corners[k]);
    const weight = anchor.weights[k];
    x += weight * point[0];
    y += weight * point[1];
    z += weight * point[2];
  }
  return [x, y, z];
}

/** A cube with hardly any material still has to hold its points in place. */
const leastFill = 0.05;

const fourIndices = [0, 1, 2, 3] as const;
const evenSplit: readonly Four<number>[] = [
  [0, 3, 5, 6],
  [1, 0, 3, 5],
  [2, 0, 3, 6],
  [4, 0, 5, 6],
  [7, 3, 5, 6],
];
const oddSplit: readonly Four<number>[] = [
  [1, 2, 4, 7],
  [0, 1, 2, 4],
  [3, 1, 2, 7],
  [5, 1, 4, 7],
  [6, 2, 4, 7],
];

function ascending(four: Four<number>): Four<number> {
  const [a, b, c, d] = four.toSorted((p, q) => p - q);
  return [a ?? 0, b ?? 0, c ?? 0, d ?? 0];
}

/** Six times the signed volume of the tetrahedron a, b, c, d. */
function sixVolumes(a: Vec3, b: Vec3, c: Vec3, d: Vec3): number {
  return dot(cross(subtract(b, a), subtract(c, a)), subtract(d, a));
}

/** The anchor of a point in the tetrahedron that holds it: the one where its smallest weight is largest. */
function anchorIn(lattice: Lattice, candidates: readonly Tetrahedron[], point: Vec3): Anchor {
  let best: Anchor | null = null;
  for (const { corners } of candidates) {
    const [a, b, c, d] = [
      at(lattice.points, corners[0]),
      at(lattice.points, corners[1]),
      at(lattice.points, corners[2]),
      at(lattice.points, corners[3]),
    ];
    const whole = sixVolumes(a, b, c, d);
    const weights: Four<number> = [
      sixVolumes(point, b, c, d) / whole,
      sixVolumes(a, point, c, d) / whole,
      sixVolumes(a, b, point, d) / whole,
      sixVolumes(a, b, c, point) / whole,
    ];
    if (best === null || Math.min(...weights) > Math.min(...best.weights)) best = { corners, weights };
  }
  if (best === null) throw new Error(`the point ${point.join(", ")} lies outside of the lattice`);
  return best;
}

/** Samples along each edge of a cube when its inside part is measured. */
const samplesPerEdge = 5;

/**
 * The part of each cube that is inside of the closed surface: rays along y through a fine grid of columns, a
 * sample being inside when an odd number of crossings lie below it.
 */
function insideFractions(
  surface: Surface,
  grid: { readonly origin: Vec3; readonly size: number; readonly counts: Vec3 },
): Float64Array {
  const [nx, ny, nz] = grid.counts;
  const step = grid.size / samplesPerEdge;
  const position = (axis: 0 | 1 | 2, index: number): number => grid.origin[axis] + (index + 0.5) * step;
  const columns: number[][] = Array.from({ length: nx * nz * samplesPerEdge ** 2 }, () => []);
  const columnsDeep = nz * samplesPerEdge;

  for (const triangle of surface.triangles) {
    const [a, b, c] = corners(surface, triangle);
    const first = (axis: 0 | 2): number =>
      Math.max(0, Math.ceil((Math.min(a[axis], b[axis], c[axis]) - grid.origin[axis]) / step - 0.5));
    const end = (axis: 0 | 2): number =>
      (Math.max(a[axis], b[axis], c[axis]) - grid.origin[axis]) / step - 0.5;
    for (let i = first(0); i <= end(0); i++) {
      for (let k = first(2); k <= end(2); k++) {
        const y = heightOver([a, b, c], position(0, i), position(2, k));
        if (y !== null) at(columns, i * columnsDeep + k).push(y);
      }
    }
  }

  const fractions = new Float64Array(nx * ny * nz);
  const share = 1 / samplesPerEdge ** 3;
  columns.forEach((crossings, column) => {
    const x = Math.floor(Math.floor(column / columnsDeep) / samplesPerEdge);
    const z = Math.floor((column % columnsDeep) / samplesPerEdge);
    for (let j = 0; j < ny * samplesPerEdge; j++) {
      const below = crossings.filter((y) => y < position(1, j)).length;
      const cell = (x * ny + Math.floor(j / samplesPerEdge)) * nz + z;
      if (below % 2 === 1) fractions[cell] = at(fractions, cell) + share;
    }
  });
  return fractions;
}

/** The height at which a vertical line passes a triangle, or null when it passes beside. */
function heightOver([a, b, c]: readonly [Vec3, Vec3, Vec3], x: number, z: number): number | null {
  const side = (p: Vec3, q: Vec3): number => (q[0] - p[0]) * (z - p[2]) - (q[2] - p[2]) * (x - p[0]);
  const [u, v, w] = [side(b, c), side(c, a), side(a, b)];
  const inside = (u >= 0 && v >= 0 && w >= 0) || (u < 0 && v < 0 && w < 0);
  const sum = u + v + w;
  return inside && sum !== 0 ? (u * a[1] + v * b[1] + w * c[1]) / sum : null;
}
