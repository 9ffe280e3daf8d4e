// One tetrahedron of corotated linear material: what it resists with, and how stiffly.
//
// Within a tetrahedron the deformation gradient F is constant. Linear elasticity would take a rotation for a
// strain, so the rotation R of F = R·S is taken out first (Müller & Gross 2004, "Interactive Virtual
// Materials"; Sifakis & Barbič 2012, "FEM Simulation of 3D Deformable Solids", §3.4):
//
//     energy density   Ψ = μ |S − I|² + λ/2 tr²(S − I)
//     force on corner  f = −V · R (2μ (S − I) + λ tr(S − I) I) · g        g: gradient of its shape function
import type { Four } from "./lattice.ts";
import { type Coupling, Row } from "./linear-system.ts";
import { determinant, inverse, type Mat3, polar } from "./polar.ts";
import { add, scale, subtract, type Vec3 } from "./vector.ts";

/** A point of the lattice in motion: place (m), velocity (m/s), load from outside (N), mass (kg). */
export class Particle {
  readonly rest: Vec3;
  /** Its three equations in the step's linear system. */
  readonly row = new Row();
  fixed = false;
  mass = 0;
  x: number;
  y: number;
  z: number;
  vx = 0;
  vy = 0;
  vz = 0;
  loadX = 0;
  loadY = 0;
  loadZ = 0;

  constructor(rest: Vec3) {
    this.rest = rest;
    [this.x, this.y, this.z] = rest;
  }
}

/** Lamé's parameters (Pa). */
export interface Lame {
  readonly lambda: number;
  readonly mu: number;
}

/** The couplings of an element's corners 0–1, 0–2, 0–3, 1–2, 1–3, 2–3; null where one of the two is fixed. */
export type SixCouplings = readonly [
  Coupling | null,
  Coupling | null,
  Coupling | null,
  Coupling | null,
  Coupling | null,
  Coupling | null,
];

export class Element {
  readonly particles: Four<Particle>;
  /** Volume of material at rest (m³). */
  readonly volume: number;
  couplings: SixCouplings = [null, null, null, null, null, null];
  /** Gradients of the four shape functions at rest (1/m). */
  readonly #gradients: Four<Vec3>;
  /** F = (edges now) · (edges at rest)⁻¹ */
  readonly #restInverse: Mat3;

  /** `fill`: the part of the tetrahedron that is material, 0 … 1. */
  constructor(particles: Four<Particle>, fill: number) {
    this.particles = particles;
    const [a, b, c, d] = particles;
    const [u, v, w] = [subtract(b.rest, a.rest), subtract(c.rest, a.rest), subtract(d.rest, a.rest)];
    const edges: Mat3 = [u[0], v[0], w[0], u[1], v[1], w[1], u[2], v[2], w[2]];
    this.volume = (fill * Math.abs(determinant(edges))) / 6;
    this.#restInverse = inverse(edges);
    const m = this.#restInverse;
    const [gb, gc, gd]: [Vec3, Vec3, Vec3] = [
      [m[0], m[1], m[2]],
      [m[3], m[4], m[5]],
      [m[6], m[7], m[8]],
    ];
    this.#gradients = [scale(add(add(gb, gc), gd), -1), gb, gc, gd];
  }

  /** The elastic energy now (J); infinite when the element is inverted. */
  energy({ lambda, mu }: Lame): number {
    const deformation = this.#deformation();
    const found = polar(deformation);
    if (found.kind === "inverted") return Number.POSITIVE_INFINITY;
    const [xx, xy, xz, yy, yz, zz] = strain(found.rotation, deformation);
    const square = xx * xx + yy * yy + zz * zz + 2 * (xy * xy + xz * xz + yz * yz);
    return this.volume * (mu * square + (lambda / 2) * (xx + yy + zz) ** 2);
  }

  /**
   * Adds to the rows of its corners `force` times its elastic force on the right, and `stiffness` times its
   * stiffness on the left. False, and nothing added, when the element is inverted.
   */
  assemble({ lambda, mu }: Lame, factors: { readonly force: number; readonly stiffness: number }): boolean {
    const deformation = this.#deformation();
    const found = polar(deformation);
    if (found.kind === "inverted") return false;
    const r = found.rotation;
    const [a, b, c, d] = this.particles;
    const [ga, gb, gc, gd] = this.#gradients;
    turn(r, ga, turnedA);
    turn(r, gb, turnedB);
    turn(r, gc, turnedC);
    turn(r, gd, turnedD);

    // Force: −V · R σ g, with the stress σ = 2μ ε + λ tr ε
    const [xx, xy, xz, yy, yz, zz] = strain(r, deformation);
    const pressure = lambda * (xx + yy + zz);
    const f = -this.volume * factors.force;
    const sxx = f * (2 * mu * xx + pressure);
    const syy = f * (2 * mu * yy + pressure);
    const szz = f * (2 * mu * zz + pressure);
    const sxy = f * 2 * mu * xy;
    const sxz = f * 2 * mu * xz;
    const syz = f * 2 * mu * yz;
    stress.xx = r[0] * sxx + r[1] * sxy + r[2] * sxz;
    stress.xy = r[0] * sxy + r[1] * syy + r[2] * syz;
    stress.xz = r[0] * sxz + r[1] * syz + r[2] * szz;
    stress.yx = r[3] * sxx + r[4] * sxy + r[5] * sxz;
    stress.yy = r[3] * sxy + r[4] * syy + r[5] * syz;
    stress.yz = r[3] * sxz + r[4] * syz + r[5] * szz;
    stress.zx = r[6] * sxx + r[7] * sxy + r[8] * sxz;
    stress.zy = r[6] * sxy + r[7] * syy + r[8] * syz;
    stress.zz = r[6] * sxz + r[7] * syz + r[8] * szz;
    addForce(a.row, ga);
    addForce(b.row, gb);
    addForce(c.row, gc);
    addForce(d.row, gd);

    const k = this.volume * factors.stiffness;
    addDiagonal(a.row, turnedA, k * lambda, k * mu);
    addDiagonal(b.row, turnedB, k * lambda, k * mu);
    addDiagonal(c.row, turnedC, k * lambda, k * mu);
    addDiagonal(d.row, turnedD, k * lambda, k * mu);
    const [ab, ac, ad, bc, bd, cd] = this.couplings;
    if (ab) addCoupling(ab, turnedA, turnedB, k * lambda, k * mu);
    if (ac) addCoupling(ac, turnedA, turnedC, k * lambda, k * mu);
    if (ad) addCoupling(ad, turnedA, turnedD, k * lambda, k * mu);
    if (bc) addCoupling(bc, turnedB, turnedC, k * lambda, k * mu);
    if (bd) addCoupling(bd, turnedB, turnedD, k * lambda, k * mu);
    if (cd) addCoupling(cd, turnedC, turnedD, k * lambda, k * mu);
    return true;
  }

  centre(): Vec3 {
    const [a, b, c, d] = this.particles;
    return [(a.x + b.x + c.x + d.x) / 4, (a.y + b.y + c.y + d.y) / 4, (a.z + b.z + c.z + d.z) / 4];
  }

  #deformation(): Mat3 {
    const [a, b, c, d] = this.particles;
    const m = this.#restInverse;
    const [ux, uy, uz] = [b.x - a.x, b.y - a.y, b.z - a.z];
    const [vx, vy, vz] = [c.x - a.x, c.y - a.y, c.z - a.z];
    const [wx, wy, wz] = [d.x - a.x, d.y - a.y, d.z - a.z];
    return [
      ux * m[0] + vx * m[3] + wx * m[6],
      ux * m[1] + vx * m[4] + wx * m[7],
      ux * m[2] + vx * m[5] + wx * m[8],
      uy * m[0] + vy * m[3] + wy * m[6],
      uy * m[1] + vy * m[4] + wy * m[7],
      uy * m[2] + vy * m[5] + wy * m[8],
      uz * m[0] + vz * m[3] + wz * m[6],
      uz * m[1] + vz * m[4] + wz * m[7],
      uz * m[2] + vz * m[5] + wz * m[8],
    ];
  }
}

/** S − I with S = Rᵀ·F, as xx, xy, xz, yy, yz, zz. */
function strain(r: Mat3, f: Mat3): readonly [number, number, number, number, number, number] {
  return [
    r[0] * f[0] + r[3] * f[3] + r[6] * f[6] - 1,
    r[0] * f[1] + r[3] * f[4] + r[6] * f[7],
    r[0] * f[2] + r[3] * f[5] + r[6] * f[8],
    r[1] * f[1] + r[4] * f[4] + r[7] * f[7] - 1,
    r[1] * f[2] + r[4] * f[5] + r[7] * f[8],
    r[2] * f[2] + r[5] * f[5] + r[8] * f[8] - 1,
  ];
}

// Working space of `assemble`, so that a step allocates next to nothing.
interface Turned {
  x: number;
  y: number;
  z: number;
}
const turnedA: Turned = { x: 0, y: 0, z: 0 };
const turnedB: Turned = { x: 0, y: 0, z: 0 };
const turnedC: Turned = { x: 0, y: 0, z: 0 };
const turnedD: Turned = { x: 0, y: 0, z: 0 };
const stress = { xx: 0, xy: 0, xz: 0, yx: 0, yy: 0, yz: 0, zx: 0, zy: 0, zz: 0 };

function turn(r: Mat3, g: Vec3, into: Turned): void {
  into.x = r[0] * g[0] + r[1] * g[1] + r[2] * g[2];
  into.y = r[3] * g[0] + r[4] * g[1] + r[5] * g[2];
  into.z = r[6] * g[0] + r[7] * g[1] + r[8] * g[2];
}

function addForce(row: Row, g: Vec3): void {
  row.bx += stress.xx * g[0] + stress.xy * g[1] + stress.xz * g[2];
  row.by += stress.yx * g[0] + stress.yy * g[1] + stress.yz * g[2];
  row.bz += stress.zx * g[0] + stress.zy * g[1] + stress.zz * g[2];
}

// Stiffness between corners i and j: V (λ Gᵢ Gⱼᵀ + μ Gⱼ Gᵢᵀ + μ (Gᵢ·Gⱼ) I), with turned gradients G = R·g.

function addDiagonal(row: Row, g: Turned, lambda: number, mu: number): void {
  const both = lambda + mu;
  const isotropic = mu * (g.x * g.x + g.y * g.y + g.z * g.z);
  row.xx += both * g.x * g.x + isotropic;
  row.xy += both * g.x * g.y;
  row.xz += both * g.x * g.z;
  row.yy += both * g.y * g.y + isotropic;
  row.yz += both * g.y * g.z;
  row.zz += both * g.z * g.z + isotropic;
}

function addCoupling(k: Coupling, g: Turned, h: Turned, lambda: number, mu: number): void {
  const isotropic = mu * (g.x * h.x + g.y * h.y + g.z * h.z);
  k.xx += (lambda + mu) * g.x * h.x + isotropic;
  k.xy += lambda * g.x * h.y + mu * g.y * h.x;
  k.xz += lambda * g.x * h.z + mu * g.z * h.x;
  k.yx += lambda * g.y * h.x + mu * g.x * h.y;
  k.yy += (lambda + mu) * g.y * h.y + isotropic;
  k.yz += lambda * g.y * h.z + mu * g.z * h.y;
  k.zx += lambda * g.z * h.x + mu * g.x * h.z;
  k.zy += lambda * g.z * h.y + mu * g.y * h.z;
  k.zz += (lambda + mu) * g.z * h.z + isotropic;
}
