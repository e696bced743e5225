import type { Corpus } from '../kernels/corpus.ts';
import { distinct, expectationAdjustedDistinct } from './distinct.ts';
import { chaoShenEntropy, millerMadowEntropy, plugInEntropy } from './entropy.ts';
import { homogenization } from './homogenization.ts';
import { meanOf } from './means.ts';
import { ngramTables } from '../kernels/ngram-table.ts';
import { repetitionDiversity, repN, selfRepetitionScores, seqRepScores } from './repetition.ts';
import { selfBleuScores } from './self-bleu.ts';
import { vendi } from './vendi.ts';

/**
 * Every metric that needs only the tokens of a set of texts, by name; each is defined where it is computed, and in
 * docs/diversity-metrics.md. NaN where a metric has nothing to measure.
 */
export function textMetrics(corpus: Corpus): Record<string, number> {
  const tables = ngramTables(corpus, 5);
  const [one, two, three, four] = tables as [Table, Table, Table, Table];
  const lengths = corpus.offsets.slice(1).map((end, text) => end - (corpus.offsets[text] as number));
  const upToFour = tables.slice(0, 4);
  const vendiScore = vendi(upToFour);
  return {
    distinct_1: distinct(one),
    distinct_2: distinct(two),
    distinct_3: distinct(three),
    distinct_4: distinct(four),
    ead: meanOf(tables.map(expectationAdjustedDistinct)),
    entropy_1: plugInEntropy(one.counts),
    entropy_1_miller_madow: millerMadowEntropy(one.counts),
    entropy_1_chao_shen: chaoShenEntropy(one.counts),
    entropy_2: plugInEntropy(two.counts),
    entropy_2_miller_madow: millerMadowEntropy(two.counts),
    entropy_2_chao_shen: chaoShenEntropy(two.counts),
    self_bleu: meanOf(selfBleuScores(upToFour, lengths)),
    self_repetition: meanOf(selfRepetitionScores(four)),
    rep_2: repN(two),
    rep_3: repN(three),
    rep_4: repN(four),
    repetition_diversity: repetitionDiversity(tables),
    seq_rep_4: meanOf(seqRepScores(four)),
    vendi: vendiScore,
    vendi_share: vendiScore / corpus.texts,
    homogenization: homogenization(corpus),
  };
}

type Table = ReturnType<typeof ngramTables>[number];
