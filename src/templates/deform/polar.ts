// The rotation in a deformation. Linear elasticity takes a turned piece of material for a strained one; it has
// to be turned back first, or a bent body swells.

/** A 3×3 matrix, row by row. */
export type Mat3 = readonly [number, number, number, number, number, number, number, number, number];

export type Polar =
  | { readonly kind: "rotation"; readonly rotation: Mat3 }
  /** The piece is squeezed flat or turned inside out: there is no rotation to find. */
  | { readonly kind: "inverted" };

export function determinant(m: Mat3): number {
  const [a, b, c, d, e, f, g, h, i] = m;
  return a * (e * i - f * h) + b * (f * g - d * i) + c * (d * h - e * g);
}

/** The inverse. Entries are infinite or NaN when the determinant is zero. */
export function inverse(m: Mat3): Mat3 {
  const [a, b, c, d, e, f, g, h, i] = m;
  const r = 1 / determinant(m);
  return [
    (e * i - f * h) * r,
    (c * h - b * i) * r,
    (b * f - c * e) * r,
    (f * g - d * i) * r,
    (a * i - c * g) * r,
    (c * d - a * f) * r,
    (d * h - e * g) * r,
    (b * g - a * h) * r,
    (a * e - b * d) * r,
  ];
}

/**
 * The rotation R of the polar decomposition F = R·S, S symmetric and positive definite.
 *
 * Newton's iteration R ← (R + R⁻ᵀ)/2 from R = F (Higham 1986, "Computing the polar decomposition — with
 * applications"). It converges quadratically; only sums, products and quotients occur, so the result is the
 * same on every machine.
 */
export function polar(deformation: Mat3): Polar {
  if (!(determinant(deformation) > smallestVolume)) return { kind: "inverted" };
  let rotation = deformation;
  for (let iteration = 0; iteration < 30; iteration++) {
    const [a, b, c, d, e, f, g, h, i] = rotation;
    const [A, D, G, B, E, H, C, F, I] = inverse(rotation); // read transposed
    rotation = [
      (a + A) / 2,
      (b + B) / 2,
      (c + C) / 2,
      (d + D) / 2,
      (e + E) / 2,
      (f + F) / 2,
      (g + G) / 2,
      (h + H) / 2,
      (i + I) / 2,
    ];
    const change =
      Math.abs(a - A) +
      Math.abs(b - B) +
      Math.abs(c - C) +
      Math.abs(d - D) +
      Math.abs(e - E) +
      Math.abs(f - F) +
      Math.abs(g - G) +
      Math.abs(h - H) +
      Math.abs(i - I);
    // The step halves the change, and the error after it is of the order of its square.
    if (change < 1e-6) break;
  }
  return { kind: "rotation", rotation };
}

/** A piece squeezed to a thousandth of its volume counts as inverted: its stiffness means nothing any more. */
const smallestVolume = 1e-3;
