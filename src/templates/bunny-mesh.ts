// The Stanford bunny as the `deform` template carries it: made at build time from the public-domain package
// `bunny`, so that neither the repository nor a user's machine has to hold or fetch a mesh.

/** A mesh as the package `bunny` gives it: corner points in any unit, y up, and triangles of indices. */
export interface PackagedMesh {
  readonly positions: readonly (readonly number[])[];
  readonly cells: readonly (readonly number[])[];
}

/** How tall the body is made (m): about the size of an organ. */
export const bunnyHeight = 0.12;

/**
 * The text of `bunny.json`: `{ about, positions, triangles }`, flat lists, positions in metres rounded to
 * 0.01 mm. The body stands on y = 0, is `bunnyHeight` tall and centred over the origin.
 *
 * Points that coincide after rounding become one, triangles without area and points without triangle are left
 * out. Throws when what remains is not one closed surface with its triangles turned outwards: volume and
 * inside would mean nothing then.
 */
export function bunnyJson(mesh: PackagedMesh): string {
  const placed = placeOnGround(mesh.positions.map(pointOf));
  const welded = new Map<string, { readonly point: Point; index: number | null }>();
  const corners = placed.map((point) => {
    const rounded: Point = [round(point[0]), round(point[1]), round(point[2])];
    const key = rounded.join();
    const known = welded.get(key) ?? { point: rounded, index: null };
    welded.set(key, known);
    return known;
  });

  const positions: number[] = [];
  let count = 0;
  const triangles = mesh.cells.flatMap((cell) => {
    const used = pointOf(cell).map((corner) => {
      const found = corners[corner];
      if (found === undefined) throw new Error(`a triangle names point ${corner} of ${corners.length}`);
      return found;
    });
    if (new Set(used).size < 3) return [];
    return used.map((corner) => {
      if (corner.index === null) {
        corner.index = count++;
        positions.push(...corner.point);
      }
      return corner.index;
    });
  });
  requireClosed(triangles);
  requireOutward(positions, triangles);
  return `${JSON.stringify({ about, positions, triangles })}\n`;
}

type Point = readonly [number, number, number];

const about =
  "The Stanford bunny (Stanford Computer Graphics Laboratory, Greg Turk and Marc Levoy, 1994), reduced; from the public-domain npm package `bunny`. Metres, y up.";

const round = (metres: number): number => Math.round(metres * 1e5) / 1e5 + 0;

function pointOf(list: readonly number[]): Point {
  const [x, y, z] = list;
  if (x === undefined || y === undefined || z === undefined)
    throw new Error("a point or triangle is no triple");
  return [x, y, z];
}

function placeOnGround(points: readonly Point[]): Point[] {
  const low = [0, 1, 2].map((axis) => Math.min(...points.map((point) => point[axis] ?? 0)));
  const high = [0, 1, 2].map((axis) => Math.max(...points.map((point) => point[axis] ?? 0)));
  const [lowX, lowY, lowZ] = pointOf(low);
  const [highX, highY, highZ] = pointOf(high);
  const factor = bunnyHeight / (highY - lowY);
  return points.map(([x, y, z]) => [
    (x - (lowX + highX) / 2) * factor,
    (y - lowY) * factor,
    (z - (lowZ + highZ) / 2) * factor,
  ]);
}

/** Every edge has to belong to exactly two triangles that go through it in opposite directions. */
function requireClosed(triangles: readonly number[]): void {
  const edges = new Set<string>();
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = pointOf(triangles.slice(i, i + 3));
    for (const edge of [`${a} ${b}`, `${b} ${c}`, `${c} ${a}`]) {
      if (edges.has(edge)) throw new Error(`two triangles go through edge ${edge} in the same direction`);
      edges.add(edge);
    }
  }
  for (const edge of edges) {
    if (!edges.has(edge.split(" ").reverse().join(" ")))
      throw new Error(`the surface is open at edge ${edge}`);
  }
}

function requireOutward(positions: readonly number[], triangles: readonly number[]): void {
  let sixVolumes = 0;
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = pointOf(triangles.slice(i, i + 3)).map((k) =>
      pointOf(positions.slice(3 * k, 3 * k + 3)),
    );
    if (a === undefined || b === undefined || c === undefined) continue;
    sixVolumes += a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]);
    sixVolumes += a[2] * (b[0] * c[1] - b[1] * c[0]);
  }
  if (!(sixVolumes > 0)) throw new Error("the triangles of the surface are turned inwards");
}
