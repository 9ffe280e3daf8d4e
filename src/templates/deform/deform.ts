// Second block: the body gives way to the forces until it has come to rest.
import { type DataSample, PipelineBlock, SampleIssue } from "pipe";
import { bunny } from "./bunny.ts";
import { historyFile, historyText, type Moment } from "./history.ts";
import { latticeAround } from "./lattice.ts";
import { toPly } from "./mesh.ts";
import { loadShare, patchOf, type Scene } from "./scene.ts";
import { SoftBody } from "./softbody.ts";
import { at, scale } from "./vector.ts";

export interface DeformOptions {
  /**
   * Edge length of the lattice's cubes (m). Half of it costs about ten times the time. Parts that are only a few
   * cubes thick are too stiff when they bend: one cube 0.36, two 0.69, four 0.91 of the true deflection.
   */
  readonly cellSize: number;
  /** s */
  readonly timeStep: number;
  readonly stepsPerFrame: number;
  /** The body is at rest when no point was faster since the frame before (m/s). */
  readonly restSpeed: number;
  /** A body that is not at rest after so many frames is given up. */
  readonly maxFrames: number;
}

/**
 * Writes the surface as `bunny_f0.ply`, `bunny_f1.ply`, … until the forces are complete and the body is at
 * rest, and `history.csv` with times, speeds and energies. Nobody knows beforehand how many frames that takes.
 *
 * The method is that of `softbody.ts`: corotated linear finite elements (Müller & Gross 2004) with implicit
 * time steps (Baraff & Witkin 1998). Issues: not at rest in time; material squeezed flat or turned inside out.
 */
export class Deform extends PipelineBlock {
  constructor(readonly options: DeformOptions) {
    super();
  }

  override async run(sample: DataSample<{ RandomScene_0: Scene }>) {
    const { cellSize, timeStep, stepsPerFrame, restSpeed, maxFrames } = this.options;
    const scene = sample.config.RandomScene_0;
    const { lattice, anchors } = latticeAround(bunny, cellSize);
    const material = {
      youngsModulus: scene.youngs_modulus,
      poissonRatio: scene.poisson_ratio,
      density: scene.density,
    };
    const body = new SoftBody(lattice, material, damping);
    body.fix((rest) => rest[1] < scene.fixed_below);
    const loads = scene.forces.map((force) => ({ force, patch: patchOf(force, bunny) }));
    const loaded = Math.max(...scene.forces.map((force) => force.ramp));

    const history: Moment[] = [];
    const record = (time: number, maxSpeed: number): void => {
      const frame = history.length;
      const surface = { points: body.carry(anchors), triangles: bunny.triangles };
      sample.write(sample.file("bunny.ply", { frame }), toPly(surface));
      const [kineticEnergy, elasticEnergy] = [body.kineticEnergy(), body.elasticEnergy()];
      history.push({ frame, time, maxSpeed, kineticEnergy, elasticEnergy });
    };

    record(0, 0);
    for (let step = 1; ; step += stepsPerFrame) {
      let maxSpeed = 0;
      for (let sub = 0; sub < stepsPerFrame; sub++) {
        const time = (step + sub) * timeStep;
        body.unload();
        for (const { force, patch } of loads) {
          const now = scale(force.direction, force.newtons * loadShare(force, time));
          for (const { vertex, share } of patch) body.push(at(anchors, vertex), scale(now, share));
        }
        const result = body.step(timeStep);
        if (result.kind === "inverted") {
          const place = result.near.map((metres) => metres.toFixed(3)).join(", ");
          throw new SampleIssue(`material turned inside out after ${time.toFixed(2)} s near (${place}) m`);
        }
        maxSpeed = Math.max(maxSpeed, body.maxSpeed());
      }
      const time = (step + stepsPerFrame - 1) * timeStep;
      record(time, maxSpeed);
      if (time >= loaded && maxSpeed < restSpeed) break;
      if (history.length >= maxFrames) {
        throw new SampleIssue(
          `did not converge: after ${maxFrames} frames (${time.toFixed(2)} s) still ${maxSpeed.toExponential(1)} m/s`,
        );
      }
    }
    sample.write(historyFile, historyText(history));
    sample.addStatistic("frames", history.length);
    sample.addStatistic("settling_time", history.at(-1)?.time ?? 0); // s
    sample.log(`at rest after ${history.length} frames`);
  }
}

/** Enough to come to rest within a second or two; where the body rests does not depend on it. */
const damping = { mass: 8, stiffness: 0.01 };
