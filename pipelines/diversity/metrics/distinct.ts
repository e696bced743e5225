import type { NgramTable } from '../kernels/ngram-table.ts';

/** Of GPT-2's byte-pair tokens, as the published figures of the expectation-adjusted measure use it. */
const vocabularySize = 50_257;

/**
 * distinct-n: different n-grams / all n-grams of a set of texts, in (0, 1]; NaN without an n-gram. Falls as the set
 * grows: compare equal sizes only. Li and others 2016 (arXiv 1510.03055); equal to `diversity_metrics.py` of
 * facebookresearch/rlfh-gen-div.
 */
export function distinct({ kinds, total }: NgramTable): number {
  return total === 0 ? Number.NaN : kinds / total;
}

/**
 * Expectation-adjusted distinct: N / (V (1 - ((V - 1) / V)^C)), different n-grams over what C uniform draws from V
 * would give. From 0, and can pass 1 for n > 1; NaN without an n-gram. Liu and others 2022 (arXiv 2202.13587); equal
 * to the same code.
 */
export function expectationAdjustedDistinct({ kinds, total }: NgramTable): number {
  if (total === 0) return Number.NaN;
  return kinds / (vocabularySize * (1 - ((vocabularySize - 1) / vocabularySize) ** total));
}

/**
 * n-gram diversity: the sum of distinct-n for n = 1 to 4 of all texts run together, 0 to 4. Equal to
 * `ngram_diversity_score` of the Python package `diversity` before rounding, which is split at single spaces.
 *
 * @param tables n = 1 to 4 of one text: the texts joined
 */
export function ngramDiversity(tables: readonly NgramTable[]): number {
  return tables.slice(0, 4).reduce((sum, table) => sum + distinct(table), 0);
}
