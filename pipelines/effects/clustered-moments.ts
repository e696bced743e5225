/** Cross moments of (terms..., outcome) after all fixed effects are taken out. */
export interface PooledMoments {
  readonly width: number;
  /** width x width, symmetric. */
  readonly pooled: Float64Array;
  readonly rows: number;
  /** All absorbed parameters, for the residual degrees of freedom of the plain error. */
  readonly absorbedWithNested: number;
  /** One a column: a remaining sum of squares at or under it is rounding, not variation. */
  readonly floors: Float64Array;
}

/** The same by cluster: everything that cluster inference on any choice of terms needs. */
export interface ClusteredMoments extends PooledMoments {
  /** G: how many clusters. */
  readonly clusterCount: number;
  /** clusters x width x width: the A_g of which the sum is `pooled`. */
  readonly byCluster: Float64Array;
  /**
   * What `pooled` would be without each cluster. clusters x width x width: all fixed effects fitted again;
   * `taken_away`: pooled - A_g; null: no jackknife is wanted.
   */
  readonly leftOut: Float64Array | 'taken_away' | null;
  /** Absorbed parameters that count in N - k of cluster-robust errors (not those nested in the clusters). */
  readonly absorbed: number;
}

/** The sum of clusters x width x width. @param members which clusters; all without it */
export function sumOfClusters(
  byCluster: Float64Array,
  width: number,
  members?: readonly number[],
): Float64Array {
  const size = width * width;
  const sum = new Float64Array(size);
  const count = members?.length ?? byCluster.length / size;
  for (let m = 0; m < count; m += 1) {
    const offset = (members ? (members[m] as number) : m) * size;
    for (let i = 0; i < size; i += 1) sum[i] = (sum[i] as number) + (byCluster[offset + i] as number);
  }
  return sum;
}
