import { countsOf, hillNumber } from './dominance.ts';

/**
 * Semantic entropy from cluster ids, in nats, 0 to ln(number of ids): the entropy of how samples of one prompt fall
 * into meanings. Discrete form of Farquhar and others 2024 (doi:10.1038/s41586-024-07421-0); equal to
 * `cluster_assignment_entropy` of jlko/semantic_uncertainty. NaN without an id.
 */
export function semanticEntropy(clusters: Iterable<string>): number {
  return Math.log(hillNumber([...countsOf(clusters).values()], 1));
}

/** NoveltyBench's distinct_k (arXiv 2504.05228): different meanings among the k samples of one prompt, 0 to k. */
export function distinctClusters(clusters: Iterable<string>): number {
  return new Set(clusters).size;
}
