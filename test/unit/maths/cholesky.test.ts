import { describe, expect, it } from 'vitest';

import { choleskyFromSymmetric } from '../../../pipelines/maths/cholesky.ts';
import { multiply, quadraticForm, submatrix } from '../../../pipelines/maths/matrix.ts';
import { drawNormal } from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';

/** X'X of 40 random rows; columns on scales from 1e-6 to 1e6. */
function gram(size: number, spoil?: (row: number[]) => void): Float64Array {
  const random = createRandom('gram');
  const matrix = new Float64Array(size * size);
  for (let r = 0; r < 40; r += 1) {
    const row = Array.from({ length: size }, (_, j) => drawNormal(random) * 10 ** ((j % 3) * 6 - 6));
    spoil?.(row);
    row.forEach((a, i) =>
      row.forEach((b, j) => (matrix[i * size + j] = (matrix[i * size + j] as number) + a * b)),
    );
  }
  return matrix;
}

describe('choleskyFromSymmetric', () => {
  it('solves and inverts across scales', () => {
    const size = 6;
    const matrix = gram(size);
    const truth = Float64Array.from([1, -2, 3, -4, 5, -6], (value, j) => value * 10 ** (6 - (j % 3) * 6));
    const factor = choleskyFromSymmetric(matrix, size);
    const x = factor.solve(multiply(matrix, truth, size, size, 1));
    for (let i = 0; i < size; i += 1)
      expect(Math.abs((x[i] as number) / (truth[i] as number) - 1)).toBeLessThan(1e-9);
    const identity = multiply(factor.inverse(), matrix, size, size, size);
    for (let i = 0; i < size; i += 1) expect(identity[i * size + i]).toBeCloseTo(1, 9);
    expect(factor.dropped).toEqual([]);
  });

  it('drops the later of two columns that say the same, and leaves the rest as if it were not there', () => {
    const size = 4;
    const matrix = gram(size, (row) => (row[2] = 3 * (row[0] as number) - (row[1] as number)));
    const rhs = Float64Array.from([1, 2, 3, 4]);
    const factor = choleskyFromSymmetric(matrix, size);
    expect(factor.dropped).toEqual([2]);
    const x = factor.solve(rhs);
    const others = [0, 1, 3];
    const alone = choleskyFromSymmetric(submatrix(matrix, size, others, others), 3).solve(
      Float64Array.from([1, 2, 4]),
    );
    expect([x[0], x[1], x[3]]).toEqual([...alone]);
    expect(x[2]).toBe(0);
    expect(quadraticForm(factor.inverse(), Float64Array.from([0, 0, 1, 0]))).toBe(0);
  });

  it('drops zero columns, and those under their floor', () => {
    const matrix = Float64Array.from([4, 0, 0, 0, 0, 0, 0, 0, 1e-13]);
    expect(choleskyFromSymmetric(matrix, 3).dropped).toEqual([1]);
    const floors = Float64Array.from([1e-10, 1e-10, 1e-10]);
    expect(choleskyFromSymmetric(matrix, 3, { floors }).dropped).toEqual([1, 2]);
  });

  it('takes a pivot under 1e-10 of a unit diagonal for zero', () => {
    const alike = (difference: number) =>
      Float64Array.from([4, 4 * (1 - difference), 4 * (1 - difference), 4]);
    expect(choleskyFromSymmetric(alike(1e-11), 2).dropped).toEqual([1]);
    expect(choleskyFromSymmetric(alike(1e-9), 2).dropped).toEqual([]);
  });
});
