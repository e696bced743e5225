import { compressionRatio } from '../../../pipelines/diversity/metrics/compression.ts';
import { corpusFromTokens } from '../../../pipelines/diversity/kernels/corpus.ts';
import { distinct, expectationAdjustedDistinct } from '../../../pipelines/diversity/metrics/distinct.ts';
import { countsOf, openerOf, simpson, topMass } from '../../../pipelines/diversity/metrics/dominance.ts';
import {
  chaoShenEntropy,
  millerMadowEntropy,
  plugInEntropy,
} from '../../../pipelines/diversity/metrics/entropy.ts';
import { homogenization } from '../../../pipelines/diversity/metrics/homogenization.ts';
import { ngramTables } from '../../../pipelines/diversity/kernels/ngram-table.ts';
import { repN, selfRepetitionScores, seqRepScores } from '../../../pipelines/diversity/metrics/repetition.ts';
import { selfBleuScores } from '../../../pipelines/diversity/metrics/self-bleu.ts';
import { firstWhitespaceTokens, whitespaceTokens } from '../../../pipelines/diversity/reading/tokens.ts';
import { vendi } from '../../../pipelines/diversity/metrics/vendi.ts';

/**
 * Metrics as the reference packages measure them, from the text on; those that only count n-grams share one table, as
 * in `textMetrics` (and are more of them than there).
 */
export const ourMetrics: Readonly<Record<string, (texts: readonly string[]) => unknown>> = {
  'n-gram counts': (texts) =>
    tablesOf(texts, 5).map((table) => [
      distinct(table),
      expectationAdjustedDistinct(table),
      plugInEntropy(table.counts),
      millerMadowEntropy(table.counts),
      chaoShenEntropy(table.counts),
      repN(table),
      seqRepScores(table),
      selfRepetitionScores(table),
    ]),
  compression: compressionRatio,
  'self-BLEU': (texts) => {
    const lists = texts.map(whitespaceTokens);
    return selfBleuScores(
      ngramTables(corpusFromTokens(lists), 4),
      Int32Array.from(lists, ({ length }) => length),
    );
  },
  Vendi: (texts) => vendi(tablesOf(texts, 4)),
  homogenization: (texts) => homogenization(corpusFromTokens(texts.map(whitespaceTokens))),
  openers: (texts) => {
    const openers = texts.map((text) => openerOf(firstWhitespaceTokens(text, 3))?.toLowerCase() ?? '');
    const counts = [...countsOf(openers).values()];
    return [topMass(counts, 10), simpson(counts)];
  },
};

const tablesOf = (texts: readonly string[], n: number) =>
  ngramTables(corpusFromTokens(texts.map(whitespaceTokens)), n);
