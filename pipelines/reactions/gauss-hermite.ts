/** Points and weights that integrate over a standard normal: sum of weights 1. */
export interface NormalQuadrature {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

/**
 * Gauss-Hermite quadrature for the standard normal: exact for polynomials of degree 2 size - 1. Roots of the
 * orthonormal Hermite polynomials by Newton's method (Press et al., Numerical Recipes, gauher).
 * @param size odd or even, 1 to 60
 */
export function gaussHermite(size: number): NormalQuadrature {
  const points = new Float64Array(size);
  const weights = new Float64Array(size);
  const half = Math.floor((size + 1) / 2);
  const roots: number[] = [];
  for (let i = 0; i < half; i += 1) {
    let x = firstGuess(i, size, roots);
    let slope = 1;
    for (let round = 0; round < 100; round += 1) {
      const [value, below] = hermite(x, size);
      slope = Math.sqrt(2 * size) * below;
      const move = value / slope;
      x -= move;
      if (Math.abs(move) < 1e-15 * (1 + Math.abs(x))) break;
    }
    roots.push(x);
    const weight = 2 / (slope * slope) / Math.sqrt(Math.PI);
    points[i] = -x * Math.SQRT2;
    points[size - 1 - i] = x * Math.SQRT2;
    weights[i] = weight;
    weights[size - 1 - i] = weight;
  }
  if (size % 2 === 1) points[half - 1] = 0;
  return { points, weights };
}

/** Without the points that weigh next to nothing: of 21 the four beyond 6 standard deviations, 1e-10 together. */
export function heavyPoints({ points, weights }: NormalQuadrature): NormalQuadrature {
  const heavy = (_: number, i: number) => (weights[i] ?? 0) > 1e-8;
  return { points: points.filter(heavy), weights: weights.filter(heavy) };
}

/** The orthonormal Hermite polynomial of this degree and the one below it. */
function hermite(x: number, degree: number): readonly [number, number] {
  let [value, below] = [Math.PI ** -0.25, 0];
  for (let j = 1; j <= degree; j += 1) {
    [value, below] = [x * Math.sqrt(2 / j) * value - Math.sqrt((j - 1) / j) * below, value];
  }
  return [value, below];
}

function firstGuess(i: number, size: number, roots: readonly number[]): number {
  const [last, before] = [roots[i - 1] ?? 0, roots[i - 2] ?? 0];
  if (i === 0) return Math.sqrt(2 * size + 1) - 1.85575 * (2 * size + 1) ** (-1 / 6);
  if (i === 1) return last - (1.14 * size ** 0.426) / last;
  if (i === 2) return 1.86 * last - 0.86 * before;
  if (i === 3) return 1.91 * last - 0.91 * before;
  return 2 * last - before;
}
