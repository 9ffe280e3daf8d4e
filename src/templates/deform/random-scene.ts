// First block: what this sample is made of and what happens to it.
import { type DataSample, PipelineBlock } from "pipe";
import { bunny } from "./bunny.ts";
import type { Force, Scene } from "./scene.ts";
import { dot, normalize, type Vec3 } from "./vector.ts";

/** Lowest and highest value. */
export type Range = readonly [lowest: number, highest: number];

export interface SceneOptions {
  /** Young's modulus (Pa); soft organs have 1 … 50 kPa. */
  readonly youngsModulus: Range;
  /** Poisson's ratio; tissue hardly changes its volume, so near to 0.5. */
  readonly poissonRatio: Range;
  /** Mass density (kg/m³). */
  readonly density: Range;
  /** The body is held below this height (m). */
  readonly fixedBelow: Range;
  /** How many forces, how strong each of them (N), and at which heights of the body (m). */
  readonly forces: Range;
  readonly newtons: Range;
  readonly heights: Range;
  /** Radius of the patch that a force acts on (m). */
  readonly patchRadius: Range;
  /** How long a force grows (s). */
  readonly ramp: Range;
}

/** Chooses a material, a region that is held, and forces, each evenly from its range. */
export class RandomScene extends PipelineBlock {
  constructor(readonly options: SceneOptions) {
    super();
  }

  override async run(sample: DataSample) {
    const from = ([lowest, highest]: Range): number => sample.random.uniform(lowest, highest);
    const fixedBelow = from(this.options.fixedBelow);
    const [lowest, highest] = this.options.heights;
    const places = bunny.points.filter((point) => point[1] >= lowest && point[1] <= highest);
    const count = sample.random.integer(...this.options.forces);
    const forces = Array.from(
      { length: count },
      (): Force => ({
        place: sample.random.choice(places),
        radius: from(this.options.patchRadius),
        direction: randomDirection(sample),
        newtons: from(this.options.newtons),
        ramp: from(this.options.ramp),
      }),
    );
    const scene: Scene = {
      youngs_modulus: from(this.options.youngsModulus),
      poisson_ratio: from(this.options.poissonRatio),
      density: from(this.options.density),
      fixed_below: fixedBelow,
      forces,
    };
    for (const [key, value] of Object.entries(scene)) sample.setConfig(key, value);
  }
}

/** Evenly over the sphere: a point of the cube, taken when it lies within the ball (von Neumann 1951). */
function randomDirection({ random }: DataSample): Vec3 {
  for (;;) {
    const point: Vec3 = [random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(-1, 1)];
    const square = dot(point, point);
    if (square > 0.01 && square <= 1) return normalize(point);
  }
}
