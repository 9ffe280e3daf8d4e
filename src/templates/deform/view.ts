// From points in space to points of a picture: a camera for pictures, and a parallel view for a lamp's shadows.
import { add, cross, dot, normalize, scale, subtract, type Vec3 } from "./vector.ts";

/** x to the right and y downwards in pixels; `nearness` grows towards the viewer and is linear over a triangle. */
export type ScreenPoint = readonly [x: number, y: number, nearness: number];

export interface View {
  readonly width: number;
  readonly height: number;
  project(point: Vec3): ScreenPoint;
}

export interface Camera extends View {
  readonly eye: Vec3;
  /** The direction, not normalized, in which the eye sees a place of the picture (pixels). */
  ray(x: number, y: number): Vec3;
}

/** A pinhole camera. `fieldOfView`: the tangent of half the vertical angle. */
export function camera(
  size: { readonly width: number; readonly height: number },
  pose: { readonly eye: Vec3; readonly target: Vec3; readonly fieldOfView: number },
): Camera {
  const { width, height } = size;
  const { forward, right, up } = axes(subtract(pose.target, pose.eye));
  const focal = height / 2 / pose.fieldOfView;
  return {
    width,
    height,
    eye: pose.eye,
    project(point) {
      const seen = subtract(point, pose.eye);
      const nearness = 1 / dot(seen, forward);
      return [
        width / 2 + focal * dot(seen, right) * nearness,
        height / 2 - focal * dot(seen, up) * nearness,
        nearness,
      ];
    },
    ray(x, y) {
      return add(add(scale(right, x - width / 2), scale(up, height / 2 - y)), scale(forward, focal));
    },
  };
}

/** What a lamp infinitely far away sees: a square of `pixels`², `radius` metres to each side of `target`. */
export function parallelView(
  pixels: number,
  pose: { readonly towards: Vec3; readonly target: Vec3; readonly radius: number },
): View {
  const { forward, right, up } = axes(scale(pose.towards, -1));
  const perMetre = pixels / 2 / pose.radius;
  return {
    width: pixels,
    height: pixels,
    project(point) {
      const seen = subtract(point, pose.target);
      return [
        pixels / 2 + perMetre * dot(seen, right),
        pixels / 2 - perMetre * dot(seen, up),
        -dot(seen, forward),
      ];
    },
  };
}

/** Three directions at right angles; `up` as near to y as possible. */
function axes(direction: Vec3): { readonly forward: Vec3; readonly right: Vec3; readonly up: Vec3 } {
  const forward = normalize(direction);
  const right = normalize(cross(forward, [0, 1, 0]));
  return { forward, right, up: cross(right, forward) };
}
