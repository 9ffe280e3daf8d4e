// The natural logarithm from exact operations only, so that it has the same bits on every machine: Math.log comes from
// the C library, which picks its code by processor.

const ln2High = 0.6931471803691238; // the leading 32 bits of ln 2: times a whole number it stays exact
const ln2Low = 1.9082149292705877e-10;

/**
 * ln x for finite x > 0, within 2 units in the last place.
 *
 * x = m·2^k with m in [√½, √2); ln m = 2·artanh(s), s = (m - 1)/(m + 1), by its series
 * (Abramowitz and Stegun 4.1.27); |s| < 0.1716, so that 12 terms are enough.
 */
export function naturalLogarithm(x: number): number {
  let mantissa = x;
  let exponent = 0;
  while (mantissa >= Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  }
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent--;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const squared = s * s;
  let series = 0;
  for (let term = 12; term >= 1; term--) series = (series + 1 / (2 * term + 1)) * squared;
  return exponent * ln2High + (2 * s + (2 * s * series + exponent * ln2Low));
}
