import { sumOfClusters } from '../../../pipelines/effects/clustered-moments.ts';
import type { ClusteredMoments } from '../../../pipelines/effects/clustered-moments.ts';

/** Moments of rows d = (terms..., outcome) as they are, without fixed effects; a cluster a key, in order of appearance. */
export function momentsByCluster(
  rows: readonly { readonly cluster: string | number; readonly d: readonly number[] }[],
): ClusteredMoments {
  const width = rows[0]?.d.length ?? 0;
  const position = new Map([...new Set(rows.map(({ cluster }) => cluster))].map((key, g) => [key, g]));
  const byCluster = new Float64Array(position.size * width * width);
  for (const { cluster, d } of rows) {
    const offset = (position.get(cluster) ?? 0) * width * width;
    for (let i = 0; i < width; i += 1)
      for (let j = 0; j < width; j += 1) {
        const index = offset + i * width + j;
        byCluster[index] = (byCluster[index] ?? 0) + (d[i] ?? NaN) * (d[j] ?? NaN);
      }
  }
  return {
    ...{ width, clusterCount: position.size, byCluster, pooled: sumOfClusters(byCluster, width) },
    ...{ leftOut: 'taken_away', rows: rows.length, absorbed: 0, absorbedWithNested: 0 },
    floors: new Float64Array(width),
  };
}
