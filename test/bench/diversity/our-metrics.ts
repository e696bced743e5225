import { compressionRatio } from '../../../pipelines/diversity/compression.ts';
import { corpusFromTokens } from '../../../pipelines/diversity/corpus.ts';
import { distinct, expectationAdjustedDistinct } from '../../../pipelines/diversity/distinct.ts';
import { countsOf, openerOf, simpson, topMass } from '../../../pipelines/diversity/dominance.ts';
import { chaoShenEntropy, millerMadowEntropy, plugInEntropy } from '../../../pipelines/diversity/entropy.ts';
import { homogenization } from '../../../pipelines/diversity/homogenization.ts';
import { ngramTables } from '../../../pipelines/diversity/ngram-table.ts';
import { repN, selfRepetitionScores, seqRepScores } from '../../../pipelines/diversity/repetition.ts';
import { selfBleuScores } from '../../../pipelines/diversity/self-bleu.ts';
import { whitespaceTokens } from '../../../pipelines/diversity/tokens.ts';
import { vendi } from '../../../pipelines/diversity/vendi.ts';

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
    const counts = [...countsOf(texts.map((text) => openerOf(whitespaceTokens(text)) ?? '')).values()];
    return [topMass(counts, 10), simpson(counts)];
  },
};

const tablesOf = (texts: readonly string[], n: number) =>
  ngramTables(corpusFromTokens(texts.map(whitespaceTokens)), n);
