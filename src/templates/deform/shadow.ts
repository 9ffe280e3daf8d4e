// Shadows. Without them one would not see what stands on the ground and what hangs above it.
import type { Triangle } from "./mesh.ts";
import { rasterise } from "./raster.ts";
import { at, type Vec3 } from "./vector.ts";
import { parallelView } from "./view.ts";

export interface Shadows {
  /** How much of the lamp's light reaches a point of the body, 0 … 1. */
  lampOnBody(point: Vec3): number;
  /** How much of the lamp's light reaches a point of the ground, 0 … 1; soft at the edges. */
  lampOnGround(point: Vec3): number;
  /** How much of the sky's light reaches a point of the ground, 0 … 1; very soft. */
  skyOnGround(point: Vec3): number;
}

/** Directions from the scene towards its lights. */
export const towardsLamp: Vec3 = [-0.46, 0.78, 0.42];
const towardsSky: Vec3 = [0.02, 1, 0.05];

/** The shadows of a model in a scene of `radius` metres around the origin (Williams 1978, shadow maps). */
export function shadowsOf(
  model: { readonly points: readonly Vec3[]; readonly triangles: readonly Triangle[] },
  radius: number,
): Shadows {
  const lamp = parallelView(mapSize, { towards: towardsLamp, target: [0, 0, 0], radius });
  const sky = parallelView(skyMapSize, { towards: towardsSky, target: [0, 0, 0], radius });
  const inLampView = model.points.map((point) => lamp.project(point));
  const depth = rasterise(lamp, inLampView, model.triangles).nearness;
  const inSkyView = model.points.map((point) => sky.project(point));
  const above = rasterise(sky, inSkyView, model.triangles).nearness;
  const lampMask = softened(depth, mapSize, 2);
  const skyMask = softened(above, skyMapSize, 6);

  return {
    lampOnBody(point) {
      const [x, y, nearness] = lamp.project(point);
      let lit = 0;
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const [column, row] = [Math.floor(x) + dx, Math.floor(y) + dy];
          const outside = column < 0 || row < 0 || column >= mapSize || row >= mapSize;
          if (outside || at(depth, row * mapSize + column) <= nearness + shadowDepth) lit++;
        }
      }
      return lit / 9;
    },
    lampOnGround: (point) => 1 - sampled(lampMask, mapSize, lamp.project(point)),
    skyOnGround: (point) => 1 - sampled(skyMask, skyMapSize, sky.project(point)),
  };
}

const mapSize = 320;
const skyMapSize = 96;
/** How far behind what the lamp sees a point has to be to lie in its shadow (m). */
const shadowDepth = 0.0015;

/** 1 where something was seen and 0 elsewhere, blurred three times by boxes of 2·`reach`+1 pixels. */
function softened(nearness: Float64Array, size: number, reach: number): Float64Array {
  let mask = Float64Array.from(nearness, (value) => (value === Number.NEGATIVE_INFINITY ? 0 : 1));
  for (let pass = 0; pass < 3; pass++) {
    mask = blurredAlong(mask, size, { reach, step: 1, line: size });
    mask = blurredAlong(mask, size, { reach, step: size, line: 1 });
  }
  return mask;
}

function blurredAlong(
  mask: Float64Array,
  size: number,
  { reach, step, line }: { readonly reach: number; readonly step: number; readonly line: number },
): Float64Array<ArrayBuffer> {
  const result = new Float64Array(mask.length);
  for (let k = 0; k < size; k++) {
    let sum = 0;
    for (let i = -reach; i < size + reach; i++) {
      const entering = i + reach;
      const leaving = i - reach - 1;
      if (entering >= 0 && entering < size) sum += at(mask, k * line + entering * step);
      if (leaving >= 0 && leaving < size) sum -= at(mask, k * line + leaving * step);
      if (i >= 0 && i < size) result[k * line + i * step] = sum / (2 * reach + 1);
    }
  }
  return result;
}

/** The mask between its pixels, bilinear; nothing outside. */
function sampled(mask: Float64Array, size: number, [x, y]: readonly [number, number, number]): number {
  const [left, top] = [Math.floor(x - 0.5), Math.floor(y - 0.5)];
  if (left < 0 || top < 0 || left + 1 >= size || top + 1 >= size) return 0;
  const [u, v] = [x - 0.5 - left, y - 0.5 - top];
  const corner = top * size + left;
  const upper = at(mask, corner) * (1 - u) + at(mask, corner + 1) * u;
  const lower = at(mask, corner + size) * (1 - u) + at(mask, corner + size + 1) * u;
  return upper * (1 - v) + lower * v;
}
