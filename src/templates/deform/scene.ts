// What is chosen for each sample, and how the forces of a scene act on the body.
import type { Surface } from "./mesh.ts";
import { vertexAreas } from "./mesh.ts";
import { at, distance, type Vec3 } from "./vector.ts";

/** What RandomScene sets, in SI units. */
export type Scene = {
  /** Pa */
  readonly youngs_modulus: number;
  readonly poisson_ratio: number;
  /** kg/m³ */
  readonly density: number;
  /** The body is held wherever it is lower than this at rest (m above the ground). */
  readonly fixed_below: number;
  readonly forces: readonly Force[];
};

/** A force on a round patch of the surface. */
export type Force = {
  /** The middle of the patch at rest (m). */
  readonly place: Vec3;
  /** The radius of the patch (m). */
  readonly radius: number;
  /** A direction of length 1; it does not turn with the body. */
  readonly direction: Vec3;
  /** The force of the whole patch when the load is complete (N). */
  readonly newtons: number;
  /** How long the force takes to grow from nothing to all (s). */
  readonly ramp: number;
};

/** The part of a force that acts at a time (s): 0 … 1, starting and ending gently (a smoothstep). */
export function loadShare(force: Force, time: number): number {
  const t = Math.min(1, time / force.ramp);
  return t * t * (3 - 2 * t);
}

/** A surface point with its share of a force; the shares of a patch add up to one. */
export interface PatchPoint {
  readonly vertex: number;
  readonly share: number;
}

/**
 * The surface points that a force acts on: all within its radius, by the area around them, fading towards the
 * edge. A patch that is smaller than the mesh is fine becomes its nearest point.
 */
export function patchOf(force: Force, surface: Surface): PatchPoint[] {
  const areas = vertexAreas(surface);
  const weighted = surface.points.flatMap((point, vertex) => {
    const reach = distance(point, force.place) / force.radius;
    return reach < 1 ? [{ vertex, weight: at(areas, vertex) * (1 - reach * reach) ** 2 }] : [];
  });
  const whole = weighted.reduce((sum, { weight }) => sum + weight, 0);
  if (whole === 0) return [{ vertex: nearestVertex(surface, force.place), share: 1 }];
  return weighted.map(({ vertex, weight }) => ({ vertex, share: weight / whole }));
}

/** The surface point that is nearest to a place. */
export function nearestVertex(surface: Surface, place: Vec3): number {
  let nearest = 0;
  surface.points.forEach((point, vertex) => {
    if (distance(point, place) < distance(at(surface.points, nearest), place)) nearest = vertex;
  });
  return nearest;
}
