// An arrow for a force: a shaft and a head, as a body of its own in the picture.
import type { Colour } from "./image.ts";
import type { Triangle } from "./mesh.ts";
import type { Model } from "./picture.ts";
import { add, cross, distance, normalize, scale, subtract, type Vec3 } from "./vector.ts";

/** An arrow from `tail` to `tip` (m). */
export function arrow(tail: Vec3, tip: Vec3, colour: Colour): Model {
  const along = normalize(subtract(tip, tail));
  const aside = normalize(cross(along, Math.abs(along[1]) < 0.9 ? [0, 1, 0] : [1, 0, 0]));
  const across = cross(along, aside);
  const total = distance(tail, tip);
  const neck = Math.max(0, total - headLength);

  // The outline that is turned around the axis. A sharp edge is two rings at one place with two normals.
  const rings = [
    { place: 0, radius: 0, axial: -1, radial: 0 },
    { place: 0, radius: shaftRadius, axial: -1, radial: 0 },
    { place: 0, radius: shaftRadius, axial: 0, radial: 1 },
    { place: neck, radius: shaftRadius, axial: 0, radial: 1 },
    { place: neck, radius: shaftRadius, axial: -1, radial: 0 },
    { place: neck, radius: headRadius, axial: -1, radial: 0 },
    { place: neck, radius: headRadius, axial: headRadius, radial: headLength },
    { place: total, radius: 0, axial: headRadius, radial: headLength },
  ];
  const points: Vec3[] = [];
  const normals: Vec3[] = [];
  for (const { place, radius, axial, radial } of rings) {
    for (const [x, y] of circle) {
      const around = add(scale(aside, x), scale(across, y));
      points.push(add(tail, add(scale(along, place), scale(around, radius))));
      normals.push(normalize(add(scale(along, axial), scale(around, radial))));
    }
  }
  const triangles: Triangle[] = [];
  for (let a = 0; a < points.length - circle.length; a++) {
    const ring = a - (a % circle.length);
    const b = ring + ((a + 1) % circle.length);
    triangles.push([a, b, b + circle.length], [a, b + circle.length, a + circle.length]);
  }
  return { points, normals, colours: points.map(() => colour), triangles };
}

/** m */
const shaftRadius = 0.0016;
const headRadius = 0.0042;
const headLength = 0.011;

/** Twelve directions around the axis, without the help of sines: a regular polygon by halving right angles. */
const half = Math.sqrt(3) / 2;
const circle: readonly (readonly [number, number])[] = [
  [1, 0],
  [half, 0.5],
  [0.5, half],
  [0, 1],
  [-0.5, half],
  [-half, 0.5],
  [-1, 0],
  [-half, -0.5],
  [-0.5, -half],
  [0, -1],
  [0.5, -half],
  [half, -0.5],
];
