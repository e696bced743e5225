import { expect, it } from 'vitest';

import { fitClustered } from '../../../pipelines/effects/cluster-robust.ts';
import { drawSigns, signOf, signedSums } from '../../../pipelines/effects/signs.ts';
import { testInteractionBlock, wildBootstrapPValue } from '../../../pipelines/effects/wild-bootstrap.ts';
import { drawNormal } from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import { momentsByCluster } from '../../golden/effects/moments-by-cluster.ts';

interface Row {
  readonly g: number;
  readonly x: readonly [number, number];
  readonly y: number;
}

const clusters = 10;
const random = createRandom('wild');
const rows: Row[] = Array.from({ length: 90 }, (_, i) => {
  const x = [drawNormal(random), drawNormal(random)] as const;
  return { g: Math.floor(Math.sqrt(i)), x, y: 0.2 * x[0] + 0.5 * x[1] + drawNormal(random) };
});

const momentsOf = (of: readonly Row[]) =>
  momentsByCluster(of.map(({ g, x, y }) => ({ cluster: g, d: [...x, y] })));

const studentised = (of: readonly Row[]) => {
  const fit = fitClustered(momentsOf(of), [0, 1]);
  return Math.abs((fit.theta[0] ?? 0) / Math.sqrt(fit.cr1[0] ?? 0));
};

it('gives what refitting every resampled outcome gives', () => {
  const moments = momentsOf(rows);
  const signs = drawSigns(createRandom('signs'), 200, clusters);
  const slope = fitClustered(moments, [1]).theta[0] ?? 0;
  const observed = studentised(rows);
  const beyond = Array.from({ length: 200 }, (_, draw) => draw).filter((draw) => {
    const resampled = rows.map((row) => {
      const fitted = slope * row.x[1];
      return { ...row, y: fitted + signOf(signs, draw, row.g) * (row.y - fitted) };
    });
    return studentised(resampled) >= observed * (1 - 1e-9);
  });
  const byMoments = wildBootstrapPValue(moments, fitClustered(moments, [0, 1]), 0, signs);
  expect(byMoments).toBe((1 + beyond.length) / 201);
  expect(byMoments).toBeGreaterThan(0.01);
  expect(byMoments).toBeLessThan(0.9);
});

it('tests a block by the signed scores of what the others leave of it', () => {
  const signs = drawSigns(createRandom('block'), 200, clusters);
  const alike = rows.map(({ g, x, y }): Row => ({ g, x: [x[0], x[1] + x[0] * (1 + g / 5)], y }));
  // The second regressor and the outcome after the first is taken out, row by row.
  const sum = (of: (row: Row) => number) => alike.reduce((total, row) => total + of(row), 0);
  const slope = (of: (row: Row) => number) => sum((row) => row.x[0] * of(row)) / sum((row) => row.x[0] ** 2);
  const [b, c] = [slope(({ x }) => x[1]), slope(({ y }) => y)];
  const left = alike.map(({ g, x, y }) => ({ g, x: x[1] - b * x[0], y: y - c * x[0] }));
  const weight = 1 / left.reduce((total, { x }) => total + x * x, 0);
  const statistic = (signOfCluster: (g: number) => number) =>
    weight * left.reduce((total, { g, x, y }) => total + signOfCluster(g) * x * y, 0) ** 2;
  const observed = statistic(() => 1);
  const beyond = Array.from({ length: 200 }, (_, draw) => statistic((g) => signOf(signs, draw, g))).filter(
    (value) => value >= observed * (1 - 1e-9),
  );
  const moments = momentsOf(alike);
  const test = testInteractionBlock(moments, fitClustered(moments, [0, 1]), [0], signs);
  expect(test).toMatchObject({ answer: true, columns: 1, pValue: (1 + beyond.length) / 201 });
  expect(test.answer && test.statistic / observed).toBeCloseTo(1, 9);
});

it('draws fair signs', () => {
  const signs = drawSigns(createRandom('fair'), 1000, 40);
  const ones = new Float64Array(40).fill(1);
  const total = signedSums(signs, ones, 1).reduce((sum, of) => sum + of, 0);
  expect(Math.abs(total)).toBeLessThan(4 * Math.sqrt(40000));
});

it.each([1, 7, 8, 9, 37])('adds %i vectors with the signs of each draw', (count) => {
  const signs = drawSigns(createRandom(`sums ${count}`), 20, count);
  const vectors = Float64Array.from({ length: 3 * count }, () => drawNormal(random));
  const sums = signedSums(signs, vectors, 3);
  for (let draw = 0; draw < 20; draw += 1)
    for (let i = 0; i < 3; i += 1) {
      let sum = 0;
      for (let g = 0; g < count; g += 1) sum += signOf(signs, draw, g) * (vectors[3 * g + i] ?? NaN);
      expect(sums[3 * draw + i]).toBeCloseTo(sum, 12);
    }
});
