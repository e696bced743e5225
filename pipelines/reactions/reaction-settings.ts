import { styleCovariates } from './style-covariates.ts';

export interface ReactionSettings {
  /** Changes whenever a default below does. */
  readonly version: string;
  /** Covariates of each style bin, all of one length; bin 0 should be all zeros. */
  readonly styleCovariates: readonly (readonly number[])[];
  /** Like and regenerate get slopes of their own once a floor bin has so many flagged replies. */
  readonly separateSlopesFrom: number;
  /** An annotator with fewer flagged replies is not judged careless or attentive. */
  readonly judgedFrom: number;
  /** Probability of being careless from which an annotator is called so. Weights are continuous whatever this is. */
  readonly carelessFrom: number;
  /** Slope of reactions, logits a unit of quality, where nothing tells it. */
  readonly assumedSlope: number;
  /**
   * Correlation of what two careful readers see in one reply: they order 77 % of pairs alike (Ouyang et al. 2022,
   * arXiv:2203.02155, section 3.4). Where a slope claims more, the rest is one misperception behind all that a person does.
   */
  readonly mostReliable: number;
  /** Share of careless annotators where nothing tells it, and how many annotators that assumption is worth. */
  readonly assumedCareless: number;
  readonly assumedCarelessWeight: number;
  /** Likelihood ratio from which reactions count as identified. */
  readonly leastLikelihoodRatio: number;
  readonly mostRounds: number;
  /** Converged when every move of every parameter is below this. */
  readonly tolerance: number;
}

export const defaultReactionSettings: ReactionSettings = {
  version: '2',
  styleCovariates,
  separateSlopesFrom: 200,
  judgedFrom: 10,
  carelessFrom: 0.7,
  assumedSlope: 1.2,
  mostReliable: 0.75,
  assumedCareless: 0.08,
  assumedCarelessWeight: 12,
  leastLikelihoodRatio: 9,
  mostRounds: 120,
  tolerance: 2e-3,
};
