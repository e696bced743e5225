import { readFile } from 'node:fs/promises';

import { expect } from 'vitest';

import { fitTwoWayClustered } from '../../../pipelines/effects/three-way-fixed-effects.ts';
import { testWithData } from '../../support/shared-data.ts';

// Grunfeld without American Steel, invest ~ value + capital + 1, clustered by firm and year with small-sample factors:
// statsmodels' results_grunfeld_ols_robust_cluster.py, held to half a unit in the last printed digit.
testWithData('grunfeld.csv', 'errors clustered two ways are the published ones', async (path) => {
  const [head = '', ...lines] = (await readFile(path, 'utf8')).replaceAll('"', '').trim().split('\n');
  const names = head.split(',');
  const rows = lines
    .map((line) => Object.fromEntries(line.split(',').map((value, i) => [names[i] ?? '', value])))
    .filter(({ firm }) => firm !== 'American Steel')
    .map((row) => ({ row, d: [Number(row['value']), Number(row['capital']), 1, Number(row['invest'])] }));
  const width = 4;
  const sumBy = (key: (row: Record<string, string>) => string) => {
    const sums = new Map<string, Float64Array>();
    for (const { row, d } of rows) {
      const sum = sums.get(key(row)) ?? new Float64Array(width * width);
      sums.set(key(row), sum);
      for (let i = 0; i < width; i += 1)
        for (let j = 0; j < width; j += 1)
          sum[i * width + j] = (sum[i * width + j] ?? 0) + (d[i] ?? 0) * (d[j] ?? 0);
    }
    return [...sums.values()];
  };
  const [byCluster, byThird] = [sumBy(({ firm = '' }) => firm), sumBy(({ year = '' }) => year)];
  const { stdErrors, clusters } = fitTwoWayClustered(
    {
      ...{ width, byCluster, byThird, byPair: sumBy(({ firm = '', year = '' }) => `${firm} ${year}`) },
      ...{ pooled: sumBy(() => '')[0] ?? new Float64Array(), leftOut: [], rows: rows.length },
      ...{ clusterRows: [], absorbed: 0, absorbedWithNested: 0, floors: new Float64Array(width) },
    },
    [0, 1, 2],
  );
  expect(clusters).toBe(10);
  expect(Math.abs((stdErrors[0] ?? NaN) - 0.01635175387)).toBeLessThan(2e-9);
  expect(Math.abs((stdErrors[1] ?? NaN) - 0.07847391275)).toBeLessThan(2e-9);
  expect(Math.abs((stdErrors[2] ?? NaN) - 19.5056)).toBeLessThan(0.00005);
});
