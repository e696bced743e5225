import { at, dot } from './matrix.ts';

export interface ConjugateGradientsOptions {
  /** Stops when the residual is this small against the right-hand side. */
  readonly tolerance?: number;
  readonly maxIterations?: number;
}

/**
 * x of A x = b for a symmetric positive semi-definite A that is only known by what it does to a vector, preconditioned
 * by its diagonal. A singular A is fine while b lies in its range. Starts from zero.
 * @param times A v, as a new array
 * @throws RangeError when it has not converged: then there is no answer
 */
export function solveByConjugateGradients(
  times: (v: Float64Array) => Float64Array,
  diagonal: Float64Array,
  b: Float64Array,
  { tolerance = 1e-13, maxIterations = 10 * b.length + 100 }: ConjugateGradientsOptions = {},
): Float64Array {
  const precondition = (r: Float64Array) =>
    r.map((value, i) => (at(diagonal, i) > 0 ? value / at(diagonal, i) : 0));
  const x = new Float64Array(b.length);
  const residual = b.slice();
  let z = precondition(residual);
  let direction = z.slice();
  let energy = dot(residual, z);
  const target = tolerance ** 2 * energy;
  for (let iteration = 0; energy > target; iteration += 1) {
    if (iteration >= maxIterations) throw new RangeError('conjugate gradients did not converge');
    const image = times(direction);
    const step = energy / dot(direction, image);
    for (let i = 0; i < x.length; i += 1) {
      x[i] = at(x, i) + step * at(direction, i);
      residual[i] = at(residual, i) - step * at(image, i);
    }
    z = precondition(residual);
    const next = dot(residual, z);
    const keep = next / energy;
    direction = direction.map((value, i) => at(z, i) + keep * value);
    energy = next;
  }
  return x;
}
