import { distinctClusters, semanticEntropy } from './clusters.ts';
import { corpusFromTokens } from '../kernels/corpus.ts';
import { distinct } from './distinct.ts';
import { countsOf, hillNumber } from './dominance.ts';
import { homogenization } from './homogenization.ts';
import { meanOf, means } from './means.ts';
import { ngramTables } from '../kernels/ngram-table.ts';
import type { SampleReading } from '../reading/read-samples.ts';
import { selfBleuScores } from './self-bleu.ts';
import { vendi } from './vendi.ts';

/** Metrics among the replies to one prompt, each the mean over prompts with at least two. */
export function withinMetrics(byPrompt: readonly (readonly SampleReading[])[]): Record<string, number> {
  const several = byPrompt.filter((replies) => replies.length >= 2);
  // With none, every metric by name, as NaN.
  return several.length === 0 ? promptMetrics([]) : means(several.map(promptMetrics));
}

function promptMetrics(replies: readonly SampleReading[]): Record<string, number> {
  const corpus = corpusFromTokens(replies.map(({ tokens }) => tokens));
  const tables = ngramTables(corpus, 4);
  const openers = [...countsOf(replies.flatMap(({ opener }) => opener ?? [])).values()];
  const clusters = replies.flatMap(({ sample }) => sample.cluster ?? []);
  const clustered = clusters.length > 0 && clusters.length === replies.length;
  return {
    within_distinct_1: distinct(tables[0] as Table),
    within_distinct_2: distinct(tables[1] as Table),
    within_self_bleu: meanOf(
      selfBleuScores(
        tables,
        Int32Array.from(replies, ({ tokens }) => tokens.length),
      ),
    ),
    within_homogenization: homogenization(corpus),
    within_vendi_share: vendi(tables) / replies.length,
    within_opener_share: hillNumber(openers, 2) / replies.length,
    semantic_entropy: clustered ? semanticEntropy(clusters) : Number.NaN,
    distinct_clusters: clustered ? distinctClusters(clusters) : Number.NaN,
  };
}

type Table = ReturnType<typeof ngramTables>[number];
