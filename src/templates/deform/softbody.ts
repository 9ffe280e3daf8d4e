// A soft body in motion: finite elements on a lattice, lumped masses, implicit time steps. Explicit steps would
// have to be shorter than a sound wave takes through one element; implicit ones are as long as the motion allows.
import { Element, type Lame, Particle } from "./element.ts";
import { type Anchor, anchored, type Lattice } from "./lattice.ts";
import { Coupling, clear, type LinearSystem, multiply, type Row, solve } from "./linear-system.ts";
import { add, at, length, scale, type Vec3 } from "./vector.ts";

/** An isotropic material. */
export interface Material {
  /** Young's modulus E (Pa): stress over strain in a pulled bar. */
  readonly youngsModulus: number;
  /** Poisson's ratio ν, 0 ≤ ν < 0.5: how much thinner a pulled bar becomes. */
  readonly poissonRatio: number;
  /** Mass density (kg/m³). */
  readonly density: number;
}

/** Rayleigh damping, the forces −(mass·M + stiffness·K)·v. It slows motion and does not change where it ends. */
export interface Damping {
  /** 1/s; acts on every motion, falling included. */
  readonly mass: number;
  /** s; acts on deformation only. */
  readonly stiffness: number;
}

export type StepResult =
  | { readonly kind: "stepped" }
  /** Near this point (m) the material is squeezed flat or turned inside out; the body is as before the step. */
  | { readonly kind: "inverted"; readonly near: Vec3 };

export class SoftBody {
  readonly #particles: readonly Particle[];
  readonly #elements: readonly Element[];
  readonly #lame: Lame;
  readonly #damping: Damping;
  #system: LinearSystem;

  constructor(lattice: Lattice, material: Material, damping: Damping) {
    this.#lame = lameOf(material);
    this.#damping = damping;
    this.#particles = lattice.points.map((point) => new Particle(point));
    const particle = (index: number): Particle => at(this.#particles, index);
    this.#elements = lattice.tetrahedra.map(({ corners: [a, b, c, d], fill }) => {
      const element = new Element([particle(a), particle(b), particle(c), particle(d)], fill);
      for (const corner of element.particles) corner.mass += (element.volume * material.density) / 4;
      return element;
    });
    this.#system = connect(this.#particles, this.#elements);
  }

  /** Holds still all lattice points whose place at rest satisfies `inside`, and no others; returns how many. */
  fix(inside: (rest: Vec3) => boolean): number {
    for (const particle of this.#particles) particle.fixed = inside(particle.rest);
    this.#system = connect(this.#particles, this.#elements);
    return this.#particles.filter((particle) => particle.fixed).length;
  }

  /** Takes every load away. */
  unload(): void {
    for (const particle of this.#particles) particle.loadX = particle.loadY = particle.loadZ = 0;
  }

  /** Adds a force (N) on an anchored point; the lattice points around share it as they carry the point. */
  push({ corners, weights }: Anchor, force: Vec3): void {
    for (const k of [0, 1, 2, 3] as const) {
      const particle = at(this.#particles, corners[k]);
      particle.loadX += weights[k] * force[0];
      particle.loadY += weights[k] * force[1];
      particle.loadZ += weights[k] * force[2];
    }
  }

  /** Adds the load of an acceleration (m/s²) common to all points, such as gravity. */
  accelerate(acceleration: Vec3): void {
    for (const particle of this.#particles) {
      particle.loadX += particle.mass * acceleration[0];
      particle.loadY += particle.mass * acceleration[1];
      particle.loadZ += particle.mass * acceleration[2];
    }
  }

  /** Puts every lattice point where `place` says (m), with the velocity that `velocity` says (m/s). */
  setMotion(place: (rest: Vec3) => Vec3, velocity: (rest: Vec3) => Vec3): void {
    for (const particle of this.#particles) {
      [particle.x, particle.y, particle.z] = place(particle.rest);
      [particle.vx, particle.vy, particle.vz] = velocity(particle.rest);
    }
  }

  /**
   * Goes on by `dt` seconds: one Newton step of implicit Euler (Baraff & Witkin 1998, "Large Steps in Cloth
   * Simulation"), whose unknowns are the changes Δv of the velocities:
   *
   *     (M + dt·D + dt²·K) Δv = dt·(load + elastic force − D·v − dt·K·v),   D = mass·M + stiffness·K
   */
  step(dt: number): StepResult {
    clear(this.#system);
    const stiffness = dt * (dt + this.#damping.stiffness);
    for (const element of this.#elements) {
      if (!element.assemble(this.#lame, { force: dt, stiffness })) {
        return { kind: "inverted", near: element.centre() };
      }
    }
    for (const { row, vx, vy, vz } of this.#particles) [row.px, row.py, row.pz] = [vx, vy, vz];
    multiply(this.#system);
    for (const { row, mass, vx, vy, vz, loadX, loadY, loadZ } of this.#particles) {
      const drag = mass * this.#damping.mass;
      row.bx += dt * (loadX - drag * vx) - row.qx;
      row.by += dt * (loadY - drag * vy) - row.qy;
      row.bz += dt * (loadZ - drag * vz) - row.qz;
      row.xx += mass + dt * drag;
      row.yy += mass + dt * drag;
      row.zz += mass + dt * drag;
    }
    solve(this.#system, solverTolerance);
    for (const particle of this.#particles) {
      if (particle.fixed) continue;
      particle.vx += particle.row.x;
      particle.vy += particle.row.y;
      particle.vz += particle.row.z;
      particle.x += dt * particle.vx;
      particle.y += dt * particle.vy;
      particle.z += dt * particle.vz;
    }
    return { kind: "stepped" };
  }

  /** Where the lattice points are (m), in the lattice's order. */
  points(): Vec3[] {
    return this.#particles.map(({ x, y, z }) => [x, y, z]);
  }

  /** Where anchored points are (m). */
  carry(anchors: readonly Anchor[]): Vec3[] {
    const points = this.points();
    return anchors.map((anchor) => anchored(anchor, points));
  }

  /** The speed of the fastest lattice point (m/s). */
  maxSpeed(): number {
    return Math.max(0, ...this.#particles.map((particle) => length(velocity(particle))));
  }

  /** kg */
  mass(): number {
    return this.#particles.reduce((sum, { mass }) => sum + mass, 0);
  }

  /** The energy stored in the deformation (J). */
  elasticEnergy(): number {
    return this.#elements.reduce((sum, element) => sum + element.energy(this.#lame), 0);
  }

  /** J */
  kineticEnergy(): number {
    return this.#particles.reduce((sum, p) => sum + (p.mass * (p.vx ** 2 + p.vy ** 2 + p.vz ** 2)) / 2, 0);
  }

  /** kg·m/s */
  momentum(): Vec3 {
    return this.#particles.reduce<Vec3>((sum, p) => add(sum, scale(velocity(p), p.mass)), [0, 0, 0]);
  }
}

/** Lamé's parameters of a material (Pa): λ = Eν / ((1+ν)(1−2ν)), μ = E / (2(1+ν)). */
export function lameOf({ youngsModulus, poissonRatio }: Material): Lame {
  return {
    lambda: (youngsModulus * poissonRatio) / ((1 + poissonRatio) * (1 - 2 * poissonRatio)),
    mu: youngsModulus / (2 * (1 + poissonRatio)),
  };
}

/** The rest of the error is corrected by the next step, which starts from the true forces again. */
const solverTolerance = 1e-3;

const velocity = ({ vx, vy, vz }: Particle): Vec3 => [vx, vy, vz];

/** The rows of all points that can move, and a coupling for each pair of them that shares an element. */
function connect(particles: readonly Particle[], elements: readonly Element[]): LinearSystem {
  const rows = particles.filter((particle) => !particle.fixed).map((particle) => particle.row);
  const couplings = new Map<Row, Map<Row, Coupling>>();
  const between = (a: Particle, b: Particle): Coupling | null => {
    if (a.fixed || b.fixed) return null;
    const ofA = couplings.get(a.row) ?? new Map<Row, Coupling>();
    couplings.set(a.row, ofA);
    const coupling = ofA.get(b.row) ?? new Coupling(a.row, b.row);
    ofA.set(b.row, coupling);
    return coupling;
  };
  for (const element of elements) {
    const [a, b, c, d] = element.particles;
    element.couplings = [
      between(a, b),
      between(a, c),
      between(a, d),
      between(b, c),
      between(b, d),
      between(c, d),
    ];
  }
  return { rows, couplings: [...couplings.values()].flatMap((ofA) => [...ofA.values()]) };
}
