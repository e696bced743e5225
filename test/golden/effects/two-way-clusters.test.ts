import { readFile } from 'node:fs/promises';

import { expect } from 'vitest';

import { fitTwoWayClustered } from '../../../pipelines/effects/three-way-fixed-effects.ts';
import { testWithData } from '../../support/shared-data.ts';
import { momentsByCluster } from './moments-by-cluster.ts';

// Grunfeld without American Steel, invest ~ value + capital + 1, clustered by firm and year with small-sample factors:
// statsmodels' results_grunfeld_ols_robust_cluster.py, held to half a unit in the last printed digit.
testWithData('grunfeld.csv', 'errors clustered two ways are the published ones', async (path) => {
  const [head = '', ...lines] = (await readFile(path, 'utf8')).replaceAll('"', '').trim().split('\n');
  const names = head.split(',');
  const rows = lines
    .map((line) => Object.fromEntries(line.split(',').map((value, i) => [names[i] ?? '', value])))
    .filter(({ firm }) => firm !== 'American Steel')
    .map((row) => ({ row, d: [Number(row['value']), Number(row['capital']), 1, Number(row['invest'])] }));
  const by = (key: (row: Record<string, string>) => string) =>
    momentsByCluster(rows.map(({ row, d }) => ({ cluster: key(row), d })));
  const { stdErrors, clusters } = fitTwoWayClustered(
    {
      ...by(({ firm = '' }) => firm),
      byThird: by(({ year = '' }) => year).byCluster,
      byPair: by(({ firm = '', year = '' }) => `${firm} ${year}`).byCluster,
    },
    [0, 1, 2],
  );
  expect(clusters).toBe(10);
  expect(Math.abs((stdErrors[0] ?? NaN) - 0.01635175387)).toBeLessThan(2e-9);
  expect(Math.abs((stdErrors[1] ?? NaN) - 0.07847391275)).toBeLessThan(2e-9);
  expect(Math.abs((stdErrors[2] ?? NaN) - 19.5056)).toBeLessThan(0.00005);
});
