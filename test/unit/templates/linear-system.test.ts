// The sparse solver against systems whose solution is known because they were made from it.
import { expect, test } from "bun:test";
import { Coupling, multiply, Row, solve } from "../../../src/templates/deform/linear-system.ts";
import { seeded } from "../../support/seeded.ts";

test("random positive definite systems are solved to the tolerance", () => {
  const { next, below } = seeded(11);
  for (let round = 0; round < 100; round++) {
    const rows = Array.from({ length: 2 + below(30) }, () => new Row());
    const couplings = rows.slice(1).map((row, i) => new Coupling(rows[below(i + 1)] ?? row, row));
    for (const k of couplings) {
      for (const entry of ["xx", "xy", "xz", "yx", "yy", "yz", "zx", "zy", "zz"] as const) {
        k[entry] = next() - 0.5;
        // The diagonal outweighs what is beside it, so the matrix is positive definite.
        for (const row of [k.a, k.b]) {
          row.xx += 0.5;
          row.yy += 0.5;
          row.zz += 0.5;
        }
      }
    }
    for (const row of rows) {
      row.xy = 0.1 * next();
      for (const entry of ["xx", "yy", "zz"] as const) row[entry] += 1;
      [row.px, row.py, row.pz] = [next(), next(), next()];
    }
    const wanted = rows.map((row) => [row.px, row.py, row.pz]);
    multiply({ rows, couplings });
    for (const row of rows) [row.bx, row.by, row.bz] = [row.qx, row.qy, row.qz];

    const iterations = solve({ rows, couplings }, 1e-10);
    expect(iterations).toBeLessThan(3 * rows.length + 10);
    rows.forEach((row, i) => {
      [row.x, row.y, row.z].forEach((value, axis) => {
        expect(Math.abs(value - (wanted[i]?.[axis] ?? Number.NaN))).toBeLessThan(1e-8);
      });
    });
  }
});

test("a right-hand side of zeros is solved by zeros at once", () => {
  const row = new Row();
  row.xx = row.yy = row.zz = 2;
  expect(solve({ rows: [row], couplings: [] }, 1e-3)).toBe(0);
  expect([row.x, row.y, row.z]).toEqual([0, 0, 0]);
});
