// A shaded picture of a body that stands on the ground: one lamp, light from sky and ground, a little gloss.
import { blankImage, type Colour, type Image, paint } from "./image.ts";
import type { Triangle } from "./mesh.ts";
import { rasterise, type Visible } from "./raster.ts";
import { type Shadows, shadowsOf, towardsLamp } from "./shadow.ts";
import { add, at, dot, normalize, scale, subtract, type Vec3 } from "./vector.ts";
import type { Camera } from "./view.ts";

/** What is drawn: triangles with an outward normal and a colour at each point. Lengths in metres. */
export interface Model {
  readonly points: readonly Vec3[];
  readonly normals: readonly Vec3[];
  readonly colours: readonly Colour[];
  readonly triangles: readonly Triangle[];
}

export function joined(models: readonly Model[]): Model {
  let offset = 0;
  const triangles = models.flatMap((model) => {
    const start = offset;
    offset += model.points.length;
    return model.triangles.map(([a, b, c]): Triangle => [a + start, b + start, c + start]);
  });
  return {
    points: models.flatMap((model) => model.points),
    normals: models.flatMap((model) => model.normals),
    colours: models.flatMap((model) => model.colours),
    triangles,
  };
}

/** A picture of the model on the plane y = 0. `radius`: how far from the origin it may reach, shadow included (m). */
export function picture(model: Model, camera: Camera, radius: number): Image {
  const image = blankImage(camera.width, camera.height, [0, 0, 0]);
  const onScreen = model.points.map((point) => camera.project(point));
  const seen = rasterise(camera, onScreen, model.triangles);
  const shadows = shadowsOf(model, radius);
  const linear = model.colours.map(
    ([red, green, blue]): Vec3 => [toLight(red), toLight(green), toLight(blue)],
  );
  for (let y = 0; y < camera.height; y++) {
    for (let x = 0; x < camera.width; x++) {
      const pixel = y * camera.width + x;
      const light =
        at(seen.triangle, pixel) < 0
          ? groundLight(camera, shadows, [x + 0.5, y + 0.5])
          : bodyLight(interpolated(model, linear, { seen, pixel }), camera, shadows);
      const offset = 3 * pixel;
      image.rgb[offset] = toScreen(light[0]);
      image.rgb[offset + 1] = toScreen(light[1]);
      image.rgb[offset + 2] = toScreen(light[2]);
    }
  }
  return image;
}

/** Draws the outline of a surface over a picture: a trace of where the body was. */
export function outline(
  image: Image,
  camera: Camera,
  { points, triangles }: { readonly points: readonly Vec3[]; readonly triangles: readonly Triangle[] },
): void {
  const onScreen = points.map((point) => camera.project(point));
  const { triangle, width } = rasterise(camera, onScreen, triangles);
  const covered = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < camera.height && at(triangle, y * width + x) >= 0;
  for (let y = 0; y < camera.height; y++) {
    for (let x = 0; x < width; x++) {
      if (!covered(x, y)) continue;
      if (covered(x - 1, y) && covered(x + 1, y) && covered(x, y - 1) && covered(x, y + 1)) continue;
      for (const [dx, dy] of [
        [0, 0],
        [1, 0],
        [0, 1],
      ] as const)
        paint(image, [x + dx, y + dy], traceColour, 0.5);
    }
  }
}

interface SurfacePoint {
  readonly place: Vec3;
  readonly normal: Vec3;
  /** Linear light, 0 … 1. */
  readonly colour: Vec3;
}

const traceColour: Colour = [70, 80, 96];
const skyLight: Vec3 = [0.4, 0.44, 0.5];
const bounceLight: Vec3 = [0.24, 0.22, 0.2];
const lampLight: Vec3 = [0.76, 0.73, 0.67];
const lampDirection = normalize(towardsLamp);
/** A slope must not shadow itself where the shadow map is coarser than the surface: look it up a little outside (m). */
const shadowOffset = 0.003;

function interpolated(
  model: Model,
  linear: readonly Vec3[],
  { seen, pixel }: { readonly seen: Visible; readonly pixel: number },
): SurfacePoint {
  const [a, b, c] = at(model.triangles, at(seen.triangle, pixel));
  const u = at(seen.first, pixel);
  const v = at(seen.second, pixel);
  const between = (values: readonly Vec3[]): Vec3 => {
    const [p, q, r] = [at(values, a), at(values, b), at(values, c)];
    const w = 1 - u - v;
    return [u * p[0] + v * q[0] + w * r[0], u * p[1] + v * q[1] + w * r[1], u * p[2] + v * q[2] + w * r[2]];
  };
  return { place: between(model.points), normal: normalize(between(model.normals)), colour: between(linear) };
}

/** Light from sky and ground by the normal's slope, the lamp by Lambert's cosine, gloss by Blinn 1977. */
function bodyLight({ place, normal, colour }: SurfacePoint, camera: Camera, shadows: Shadows): Vec3 {
  const towardsEye = normalize(subtract(camera.eye, place));
  const cosine = dot(normal, lampDirection);
  const lit = cosine > 0 ? shadows.lampOnBody(add(place, scale(normal, shadowOffset))) : 0;
  const halfway = normalize(add(towardsEye, lampDirection));
  const shine = Math.max(0, dot(normal, halfway));
  const gloss = lit * 0.16 * shine ** 32;
  const upwards = 0.5 + 0.5 * normal[1];
  // Near the ground less of the sky is seen.
  const open = 0.62 + 0.38 * Math.min(1, Math.max(0, place[1]) / 0.05);
  const rim = 0.16 * (1 - Math.max(0, dot(normal, towardsEye))) ** 3 * open;
  const channel = (k: 0 | 1 | 2): number => {
    const ambient = (bounceLight[k] * (1 - upwards) + skyLight[k] * upwards) * open;
    return colour[k] * (ambient + lampLight[k] * Math.max(0, cosine) * lit) + gloss + rim * skyLight[k];
  };
  return [channel(0), channel(1), channel(2)];
}

/** A plain backdrop, darker where the body keeps the light from the ground. */
function groundLight(camera: Camera, shadows: Shadows, [x, y]: readonly [number, number]): Vec3 {
  const height = y / camera.height;
  const backdrop: Vec3 = [0.6 + 0.26 * height, 0.65 + 0.22 * height, 0.71 + 0.17 * height];
  const ray = camera.ray(x, y);
  if (ray[1] >= 0) return backdrop;
  const place = add(camera.eye, scale(ray, -camera.eye[1] / ray[1]));
  const left = (0.45 + 0.55 * shadows.lampOnGround(place)) * (0.5 + 0.5 * shadows.skyOnGround(place));
  return scale(backdrop, left);
}

// A gamma of 2 stands for the screen's 2.2: the eye sees no difference, and a square root is exact everywhere.
const toLight = (value: number): number => (value / 255) ** 2;
const toScreen = (light: number): number => Math.round(255 * Math.sqrt(Math.min(1, Math.max(0, light))));
