import { expect, it } from 'vitest';

import { fitClustered } from '../../../pipelines/effects/cluster-robust.ts';
import type { ClusteredMoments } from '../../../pipelines/effects/clustered-moments.ts';
import { drawSigns, wildBootstrapPValue } from '../../../pipelines/effects/wild-bootstrap.ts';
import { drawNormal } from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';

interface Row {
  readonly g: number;
  readonly x: readonly [number, number];
  readonly y: number;
}

const clusters = 9;
const random = createRandom('wild');
const rows: Row[] = Array.from({ length: 90 }, (_, i) => {
  const x = [drawNormal(random), drawNormal(random)] as const;
  return { g: (i * i) % clusters, x, y: 0.2 * x[0] + 0.5 * x[1] + drawNormal(random) };
});

/** Moments without any fixed effect. */
function momentsOf(of: readonly Row[]): ClusteredMoments {
  const byCluster = Array.from({ length: clusters }, () => new Float64Array(9));
  for (const { g, x, y } of of)
    [...x, y].forEach((a, i, d) =>
      d.forEach(
        (b, j) => ((byCluster[g] as Float64Array)[i * 3 + j] = (byCluster[g]?.[i * 3 + j] ?? 0) + a * b),
      ),
    );
  const pooled = byCluster.reduce(
    (sum, matrix) => sum.map((value, i) => value + (matrix[i] ?? 0)),
    new Float64Array(9),
  );
  const leftOut = byCluster.map((matrix) => pooled.map((value, i) => value - (matrix[i] ?? 0)));
  return {
    ...{
      width: 3,
      byCluster,
      pooled,
      leftOut,
      rows: of.length,
      clusterRows: [],
      absorbed: 0,
      absorbedWithNested: 0,
    },
    floors: new Float64Array(3),
  };
}

const studentised = (of: readonly Row[]) => {
  const fit = fitClustered(momentsOf(of), [0, 1]);
  return Math.abs((fit.theta[0] ?? 0) / Math.sqrt(fit.cr1[0] ?? 0));
};

it('gives what refitting every resampled outcome gives', () => {
  const moments = momentsOf(rows);
  const signs = drawSigns(createRandom('signs'), 200, clusters);
  const slope = fitClustered(moments, [1]).theta[0] ?? 0;
  const observed = studentised(rows);
  const beyond = signs.filter((draw) => {
    const resampled = rows.map((row) => {
      const fitted = slope * row.x[1];
      return { ...row, y: fitted + (draw[row.g] ?? 0) * (row.y - fitted) };
    });
    return studentised(resampled) >= observed * (1 - 1e-9);
  });
  const byMoments = wildBootstrapPValue(moments, fitClustered(moments, [0, 1]), 0, signs);
  expect(byMoments).toBe((1 + beyond.length) / 201);
  expect(byMoments).toBeGreaterThan(0.01);
  expect(byMoments).toBeLessThan(0.9);
});

it('draws fair signs', () => {
  const signs = drawSigns(createRandom('fair'), 1000, 40);
  const sum = signs.reduce((total, draw) => total + draw.reduce((of, sign) => of + sign, 0), 0);
  expect(Math.abs(sum)).toBeLessThan(4 * Math.sqrt(40000));
  for (const draw of signs) for (const sign of draw) expect(Math.abs(sign)).toBe(1);
});
