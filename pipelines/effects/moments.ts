/**
 * All that the estimator needs of the sessions. With d = (terms..., outcome) of a session, `width` columns, every
 * column on its pooled scale: for each annotator and stratum that meet, how many sessions and the sum of d; for each
 * annotator the sum of d d'. No row is in it, and fixed effects, clusters, refits and splits by annotator are exact
 * functions of it (You Only Compress Once, arXiv 2102.11297).
 */
export interface Moments {
  readonly width: number;
  readonly annotators: readonly string[];
  readonly strata: readonly string[];
  /** One an annotator-stratum cell that has sessions, ordered by annotator, then stratum. */
  readonly cellAnnotator: Int32Array;
  readonly cellStratum: Int32Array;
  readonly cellRows: Float64Array;
  /** cells x width */
  readonly cellSums: Float64Array;
  /** annotators x width x width, symmetric */
  readonly products: Float64Array;
}

/** The mean and standard deviation (divisor n) that put a column on its scale. */
export interface Scale {
  readonly mean: number;
  readonly sd: number;
}
