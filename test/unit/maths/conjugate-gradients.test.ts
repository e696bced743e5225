import { expect, it } from 'vitest';

import { solveByConjugateGradients } from '../../../pipelines/maths/conjugate-gradients.ts';
import { multiply } from '../../../pipelines/maths/matrix.ts';

const matrix = Float64Array.from([4, 1, 0, 1, 3, 1, 0, 1, 2]);
const times = (v: Float64Array) => multiply(matrix, v, 3, 3, 1);
const diagonal = Float64Array.from([4, 3, 2]);

it('solves', () => {
  const x = solveByConjugateGradients(times, diagonal, times(Float64Array.from([1, -2, 3])));
  [1, -2, 3].forEach((value, i) => expect(x[i]).toBeCloseTo(value, 12));
  expect(solveByConjugateGradients(times, diagonal, new Float64Array(3))).toEqual(new Float64Array(3));
});

it('throws rather than return what has not converged', () => {
  const b = times(Float64Array.from([1, -2, 3]));
  expect(() => solveByConjugateGradients(times, diagonal, b, { maxIterations: 1 })).toThrow(
    'did not converge',
  );
});
