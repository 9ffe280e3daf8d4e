// The sparse linear system of one time step: a symmetric 3×3 block for each pair of coupled points, solved by
// conjugate gradients. An assembled system is gone through dozens of times per step; going through the
// elements themselves each time would cost four times as much.

/** The three equations of one point: (diagonal)·x + Σ (coupling)·x of others = b. */
export class Row {
  // Diagonal block, symmetric.
  xx = 0;
  xy = 0;
  xz = 0;
  yy = 0;
  yz = 0;
  zz = 0;
  // Right-hand side.
  bx = 0;
  by = 0;
  bz = 0;
  // Solution.
  x = 0;
  y = 0;
  z = 0;
  // The solver's own: residual r, direction p, image q of the direction.
  rx = 0;
  ry = 0;
  rz = 0;
  px = 0;
  py = 0;
  pz = 0;
  qx = 0;
  qy = 0;
  qz = 0;
}

/** The block in the rows of `a` and the columns of `b`; the mirrored one is its transpose. */
export class Coupling {
  readonly a: Row;
  readonly b: Row;
  xx = 0;
  xy = 0;
  xz = 0;
  yx = 0;
  yy = 0;
  yz = 0;
  zx = 0;
  zy = 0;
  zz = 0;

  constructor(a: Row, b: Row) {
    this.a = a;
    this.b = b;
  }
}

export interface LinearSystem {
  readonly rows: readonly Row[];
  readonly couplings: readonly Coupling[];
}

export function clear({ rows, couplings }: LinearSystem): void {
  for (const row of rows) {
    row.xx = row.xy = row.xz = row.yy = row.yz = row.zz = 0;
    row.bx = row.by = row.bz = 0;
  }
  for (const c of couplings) {
    c.xx = c.xy = c.xz = 0;
    c.yx = c.yy = c.yz = 0;
    c.zx = c.zy = c.zz = 0;
  }
}

/**
 * Solves the system by conjugate gradients, preconditioned by the diagonal (Hestenes & Stiefel 1952; Shewchuk
 * 1994, "An Introduction to the Conjugate Gradient Method Without the Agonizing Pain"), starting from zero,
 * until the residual has fallen to `tolerance` times the right-hand side. Returns the number of iterations.
 *
 * The matrix has to be positive definite; that of an implicit time step is.
 */
export function solve(system: LinearSystem, tolerance: number): number {
  const { rows } = system;
  let rho = 0;
  for (const row of rows) {
    row.x = row.y = row.z = 0;
    row.rx = row.bx;
    row.ry = row.by;
    row.rz = row.bz;
    row.px = row.rx / row.xx;
    row.py = row.ry / row.yy;
    row.pz = row.rz / row.zz;
    rho += row.rx * row.px + row.ry * row.py + row.rz * row.pz;
  }
  const goal = rho * tolerance * tolerance;
  const mostIterations = 20 + 3 * rows.length;
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    if (!(rho > goal)) return iteration;
    multiply(system);
    let pq = 0;
    for (const row of rows) pq += row.px * row.qx + row.py * row.qy + row.pz * row.qz;
    const alpha = rho / pq;
    let next = 0;
    for (const row of rows) {
      row.x += alpha * row.px;
      row.y += alpha * row.py;
      row.z += alpha * row.pz;
      row.rx -= alpha * row.qx;
      row.ry -= alpha * row.qy;
      row.rz -= alpha * row.qz;
      next += (row.rx * row.rx) / row.xx + (row.ry * row.ry) / row.yy + (row.rz * row.rz) / row.zz;
    }
    const beta = next / rho;
    rho = next;
    for (const row of rows) {
      row.px = row.rx / row.xx + beta * row.px;
      row.py = row.ry / row.yy + beta * row.py;
      row.pz = row.rz / row.zz + beta * row.pz;
    }
  }
  return mostIterations;
}

/** Writes A·p into q, row by row. */
export function multiply({ rows, couplings }: LinearSystem): void {
  for (const row of rows) {
    row.qx = row.xx * row.px + row.xy * row.py + row.xz * row.pz;
    row.qy = row.xy * row.px + row.yy * row.py + row.yz * row.pz;
    row.qz = row.xz * row.px + row.yz * row.py + row.zz * row.pz;
  }
  for (const { a, b, xx, xy, xz, yx, yy, yz, zx, zy, zz } of couplings) {
    a.qx += xx * b.px + xy * b.py + xz * b.pz;
    a.qy += yx * b.px + yy * b.py + yz * b.pz;
    a.qz += zx * b.px + zy * b.py + zz * b.pz;
    b.qx += xx * a.px + yx * a.py + zx * a.pz;
    b.qy += xy * a.px + yy * a.py + zy * a.pz;
    b.qz += xz * a.px + yz * a.py + zz * a.pz;
  }
}
