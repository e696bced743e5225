import { readFile } from 'node:fs/promises';

import { expect } from 'vitest';

import { partialOut } from '../../../pipelines/effects/double-machine-learning.ts';
import { testWithData } from '../../support/shared-data.ts';
import { momentsByCluster } from './moments-by-cluster.ts';

// 401(k), net_tfa on e401 with linear controls, folds = row mod K: figures by numpy in double precision, printed with
// four and two decimals (methods/causal.md, 1.1). Each row is a cluster of its own.
const controls = ['age', 'inc', 'educ', 'fsize', 'marr', 'twoearn', 'db', 'pira', 'hown'];

testWithData('sipp1991.csv', 'partialling out gives the published figures', async (path) => {
  const [head = '', ...lines] = (await readFile(path, 'utf8')).trim().split('\n');
  const names = head.split(',');
  const columns = [...controls, 'e401', 'net_tfa'].map((name) => names.indexOf(name));
  const moments = momentsByCluster(
    lines.map((line, cluster) => {
      const values = line.split(',').map(Number);
      return { cluster, d: [1, ...columns.map((column) => values[column] ?? NaN)] };
    }),
  );
  const { width } = moments;
  for (const [folds, estimate, stdError] of [
    [2, 6002.3015, 1537.87],
    [5, 5923.358, 1531.01],
    [10, 5893.0142, 1532.85],
  ] as const) {
    const found = partialOut(
      moments,
      width - 2,
      Array.from({ length: width - 2 }, (_, i) => i),
      lines.map((_, i) => i % folds),
    );
    expect(Math.abs((found?.estimate ?? NaN) - estimate)).toBeLessThan(0.0000500001);
    expect(Math.abs((found?.stdError ?? NaN) - stdError)).toBeLessThan(0.00500001);
  }
});
