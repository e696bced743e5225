/** Points and weights that integrate over a standard normal: sum of weights 1. */
export interface NormalQuadrature {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

/**
 * The trapezoidal rule over a standard normal. Of a logistic of slope s its error is about exp(-2 pi^2 / (s step)), so
 * that it follows steep slopes too (Trefethen and Weideman 2014, doi:10.1137/130932132).
 * @param side points on each side of 0; the outermost at `step` times `side`
 */
export function evenQuadrature(step: number, side: number): NormalQuadrature {
  const points = Float64Array.from({ length: 2 * side + 1 }, (_, k) => step * (k - side));
  const densities = points.map((x) => Math.exp((-x * x) / 2));
  const total = densities.reduce((sum, density) => sum + density, 0);
  return { points, weights: densities.map((density) => density / total) };
}
