// A closed triangle surface, what can be measured on it, and the binary PLY files that hold it. PLY keeps the
// vertices shared between triangles (STL does not), so smooth normals and displacements survive the file.
import { add, at, cross, dot, normalize, scale, subtract, type Vec3 } from "./vector.ts";

export type Triangle = readonly [a: number, b: number, c: number];

/** Points in metres, and triangles as triples of indices, counter-clockwise when seen from outside. */
export interface Surface {
  readonly points: readonly Vec3[];
  readonly triangles: readonly Triangle[];
}

/** A surface from flat lists x, y, z, x, y, z, … (m) and a, b, c, a, b, c, … */
export function surfaceFromLists(positions: ArrayLike<number>, indices: ArrayLike<number>): Surface {
  const triple = (list: ArrayLike<number>, i: number): [number, number, number] => [
    at(list, 3 * i),
    at(list, 3 * i + 1),
    at(list, 3 * i + 2),
  ];
  return {
    points: Array.from({ length: positions.length / 3 }, (_, i) => triple(positions, i)),
    triangles: Array.from({ length: indices.length / 3 }, (_, i) => triple(indices, i)),
  };
}

/** The three corner points of a triangle. */
export function corners(surface: Surface, [a, b, c]: Triangle): [Vec3, Vec3, Vec3] {
  return [at(surface.points, a), at(surface.points, b), at(surface.points, c)];
}

/** The enclosed volume (m³), by the divergence theorem: the signed tetrahedra between triangles and origin. */
export function volume(surface: Surface): number {
  let sixfold = 0;
  for (const triangle of surface.triangles) {
    const [a, b, c] = corners(surface, triangle);
    sixfold += dot(a, cross(b, c));
  }
  return sixfold / 6;
}

/** The surface area (m²) that belongs to each vertex: a third of every triangle around it. */
export function vertexAreas(surface: Surface): Float64Array {
  const areas = new Float64Array(surface.points.length);
  for (const triangle of surface.triangles) {
    const normal = areaVector(surface, triangle);
    const third = Math.sqrt(dot(normal, normal)) / 3;
    for (const vertex of triangle) areas[vertex] = at(areas, vertex) + third;
  }
  return areas;
}

/** Outward unit normals of the vertices: the mean of the triangles around, weighted by area. */
export function vertexNormals(surface: Surface): Vec3[] {
  const sums: Vec3[] = surface.points.map(() => [0, 0, 0]);
  for (const triangle of surface.triangles) {
    const normal = areaVector(surface, triangle);
    for (const vertex of triangle) sums[vertex] = add(at(sums, vertex), normal);
  }
  return sums.map(normalize);
}

/** How far each vertex of `moved` is from the same vertex of `rest` (m). */
export function displacements(rest: Surface, moved: Surface): Float64Array {
  return Float64Array.from(moved.points, (point, i) => {
    const step = subtract(point, at(rest.points, i));
    return Math.sqrt(dot(step, step));
  });
}

/** The smallest box, parallel to the axes, that holds the points. */
export function boundingBox(points: readonly Vec3[]): { readonly low: Vec3; readonly high: Vec3 } {
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const point of points) {
    for (const axis of [0, 1, 2] as const) {
      low[axis] = Math.min(low[axis], point[axis]);
      high[axis] = Math.max(high[axis], point[axis]);
    }
  }
  return { low, high };
}

const vertexBytes = 3 * 4;
const faceBytes = 1 + 3 * 4;

/** The surface as binary little-endian PLY, positions as 32-bit floats in metres (Turk 1994, "The PLY polygon file format"). */
export function toPly(surface: Surface): Uint8Array {
  const header = new TextEncoder().encode(plyHeader(surface.points.length, surface.triangles.length));
  const body = surface.points.length * vertexBytes + surface.triangles.length * faceBytes;
  const bytes = new Uint8Array(header.length + body);
  bytes.set(header);
  const view = new DataView(bytes.buffer);
  let offset = header.length;
  for (const point of surface.points) {
    for (const coordinate of point) {
      view.setFloat32(offset, coordinate, true);
      offset += 4;
    }
  }
  for (const triangle of surface.triangles) {
    view.setUint8(offset, 3);
    offset += 1;
    for (const vertex of triangle) {
      view.setInt32(offset, vertex, true);
      offset += 4;
    }
  }
  return bytes;
}

/** Reads what `toPly` wrote. Throws when the file has another layout or is cut short. */
export function fromPly(bytes: Uint8Array): Surface {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 512));
  const vertices = Number(/^element vertex (\d+)$/m.exec(text)?.[1]);
  const faces = Number(/^element face (\d+)$/m.exec(text)?.[1]);
  const header = plyHeader(vertices, faces);
  if (!text.startsWith(header)) throw new Error("not a PLY file of the layout that this pipeline writes");
  const expected = header.length + vertices * vertexBytes + faces * faceBytes;
  if (bytes.length !== expected) throw new Error(`PLY file has ${bytes.length} bytes instead of ${expected}`);

  const view = new DataView(bytes.buffer, bytes.byteOffset + header.length, bytes.length - header.length);
  const float = (index: number): number => view.getFloat32(4 * index, true);
  const corner = (face: number, k: number): number =>
    view.getInt32(vertices * vertexBytes + face * faceBytes + 1 + 4 * k, true);
  return {
    points: Array.from({ length: vertices }, (_, i) => [float(3 * i), float(3 * i + 1), float(3 * i + 2)]),
    triangles: Array.from({ length: faces }, (_, i) => [corner(i, 0), corner(i, 1), corner(i, 2)]),
  };
}

function plyHeader(vertices: number, faces: number): string {
  return [
    "ply",
    "format binary_little_endian 1.0",
    "comment positions in metres",
    `element vertex ${vertices}`,
    "property float x",
    "property float y",
    "property float z",
    `element face ${faces}`,
    "property list uchar int vertex_indices",
    "end_header",
    "",
  ].join("\n");
}

/** Normal of a triangle, as long as its area. */
function areaVector(surface: Surface, triangle: Triangle): Vec3 {
  const [a, b, c] = corners(surface, triangle);
  return scale(cross(subtract(b, a), subtract(c, a)), 0.5);
}
