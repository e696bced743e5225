/**
 * Cross moments of (terms..., outcome) by cluster, after all fixed effects are taken out: everything that cluster
 * inference on any choice of terms needs.
 */
export interface ClusteredMoments {
  readonly width: number;
  /** G matrices, width x width: the A_g of which the sum is `pooled`. */
  readonly byCluster: readonly Float64Array[];
  readonly pooled: Float64Array;
  /** What `pooled` would be without each cluster, all fixed effects fitted again where that was affordable. */
  readonly leftOut: readonly Float64Array[];
  readonly rows: number;
  /** Rows of each cluster. */
  readonly clusterRows: readonly number[];
  /** Absorbed parameters that count in N - k of cluster-robust errors (not those nested in the clusters). */
  readonly absorbed: number;
  /** All absorbed parameters, for the residual degrees of freedom of the plain error. */
  readonly absorbedWithNested: number;
  /** One a column: a remaining sum of squares at or under it is rounding, not variation. */
  readonly floors: Float64Array;
}
