import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { semanticEntropy } from '../../../pipelines/diversity/metrics/clusters.ts';
import { compressionRatio } from '../../../pipelines/diversity/metrics/compression.ts';
import { corpusFromTokens } from '../../../pipelines/diversity/kernels/corpus.ts';
import {
  distinct,
  expectationAdjustedDistinct,
  ngramDiversity,
} from '../../../pipelines/diversity/metrics/distinct.ts';
import {
  countsOf,
  hillNumber,
  openerOf,
  simpson,
  topMass,
} from '../../../pipelines/diversity/metrics/dominance.ts';
import {
  chaoShenEntropy,
  millerMadowEntropy,
  plugInEntropy,
} from '../../../pipelines/diversity/metrics/entropy.ts';
import { homogenization } from '../../../pipelines/diversity/metrics/homogenization.ts';
import { meanOf } from '../../../pipelines/diversity/metrics/means.ts';
import { ngramTables } from '../../../pipelines/diversity/kernels/ngram-table.ts';
import { repN, selfRepetitionScores, seqRepScores } from '../../../pipelines/diversity/metrics/repetition.ts';
import { selfBleuScores } from '../../../pipelines/diversity/metrics/self-bleu.ts';
import { separation } from '../../../pipelines/diversity/metrics/separation.ts';
import { firstWhitespaceTokens, whitespaceTokens } from '../../../pipelines/diversity/reading/tokens.ts';
import { vendi } from '../../../pipelines/diversity/metrics/vendi.ts';
import { testWithData } from '../../support/shared-data.ts';
import { decodingTexts, treeTexts } from './oasst-texts.ts';
import type { Decoding } from './oasst-texts.ts';

// nltk, `diversity`, `vendi-score`, scipy, sklearn and the published formulas, by make_cases.py with the versions of
// requirements.txt. Equal to 1e-9; the compression ratio to half its last printed
// digit, and to .003 where another zlib than 1.2.13 may have made it.
const tolerance = 1e-9;
const roundedTolerance = 0.000501;
const zlibTolerance = 0.003;

interface Metrics {
  readonly distinct: number[];
  readonly ead: number[];
  readonly ngram_diversity: number;
  readonly entropy_1: number[];
  readonly entropy_2: number[];
  readonly self_bleu: number;
  readonly self_repetition: number;
  readonly compression_ratio: number;
  readonly rep: number[];
  readonly seq_rep_4: number;
  readonly vendi: number;
  readonly homogenization: number;
  readonly openers: { top_10: number; simpson: number; hill_1: number; hill_2: number };
}
interface Cases {
  readonly cases: { readonly texts: [string, ...number[]]; readonly metrics: Metrics }[];
  readonly large: { self_bleu: number; self_repetition: number; vendi: number };
  readonly separation: { groups: [number, number][]; separation: number };
  readonly semantic: { clusters: number[]; entropy: number }[];
}
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'cases.json'), 'utf8')) as Cases;

const tablesOf = (lists: readonly (readonly string[])[], n = 5) => ngramTables(corpusFromTokens(lists), n);
const lengthsOf = (lists: readonly (readonly string[])[]) => Int32Array.from(lists, (list) => list.length);
/** rlfh-gen-div's tokens: full stops and line ends dropped, split at spaces. */
const distinctTokens = (text: string) =>
  text
    .replaceAll(/[.\n]/gu, '')
    .split(' ')
    .filter((token) => token !== '');
/** rouge-score's: runs of a to z and digits. */
const rougeTokens = (text: string) => text.toLowerCase().match(/[a-z0-9]+/gu) ?? [];

function measured(texts: readonly string[]): Metrics {
  const lists = texts.map(whitespaceTokens);
  const tables = tablesOf(lists);
  const [one, two, three, four] = tables;
  if (!one || !two || !three || !four) throw new Error('five tables');
  const distinctTables = tablesOf(texts.map(distinctTokens));
  const openers = [
    ...countsOf(texts.map((text) => openerOf(firstWhitespaceTokens(text.toLowerCase(), 3)) ?? '')).values(),
  ];
  const entropies = ({ counts }: typeof one) => [
    plugInEntropy(counts),
    millerMadowEntropy(counts),
    chaoShenEntropy(counts),
  ];
  return {
    distinct: distinctTables.map(distinct),
    ead: distinctTables.map(expectationAdjustedDistinct),
    ngram_diversity: ngramDiversity(tablesOf([texts.join(' ').split(' ')], 4)),
    entropy_1: entropies(one),
    entropy_2: entropies(two),
    self_bleu: meanOf(selfBleuScores(tables.slice(0, 4), lengthsOf(lists))),
    self_repetition: meanOf(selfRepetitionScores(four)),
    compression_ratio: compressionRatio(texts),
    rep: [two, three, four].map(repN),
    seq_rep_4: meanOf(seqRepScores(four)),
    vendi: vendi(tables.slice(0, 4)),
    homogenization: homogenization(corpusFromTokens(texts.map(rougeTokens))),
    openers: {
      top_10: topMass(openers, 10),
      simpson: simpson(openers),
      hill_1: hillNumber(openers, 1),
      hill_2: hillNumber(openers, 2),
    },
  };
}

function expectEqual(ours: Metrics, reference: Metrics): void {
  const flat = (metrics: Metrics) =>
    Object.entries({ ...metrics, ...metrics.openers }).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : typeof value === 'number' ? [value] : []).map(
        (each, i) => [`${name}[${i}]`, each] as const,
      ),
    );
  const theirs = new Map(flat(reference));
  expect(theirs.size).toBe(30);
  for (const [name, value] of flat(ours)) {
    const allowed = name.startsWith('compression_ratio') ? roundedTolerance : tolerance;
    expect(Math.abs(value - (theirs.get(name) ?? NaN)), `${name} is ${value}`).toBeLessThanOrEqual(allowed);
  }
}

describe('equal to the reference packages', () => {
  testWithData('oasst_en_100_tree.jsonl', 'on replies of the Open Assistant trees', (path) => {
    const tree = treeTexts(path);
    for (const { texts, metrics } of golden.cases) {
      const [source, ...places] = texts;
      if (source === 'tree') expectEqual(measured(tree.slice(...places)), metrics);
      if (source === 'tree places') expectEqual(measured(places.map((place) => tree[place] ?? '')), metrics);
    }
  });

  testWithData('oasst_sampling_pythia_12b.json', 'on four decodings of one model', (path) => {
    const decodings = golden.cases.filter(({ texts }) => !texts[0].startsWith('tree'));
    expect(decodings).toHaveLength(4);
    for (const { texts, metrics } of decodings)
      expectEqual(measured(decodingTexts(path, texts[0] as Decoding)), metrics);
  });

  testWithData('oasst_en_100_tree.jsonl', 'on all 687 replies of the trees', (path) => {
    const lists = treeTexts(path).map(whitespaceTokens);
    const tables = tablesOf(lists, 4);
    expect(lists).toHaveLength(687);
    const { self_bleu, self_repetition, vendi: score } = golden.large;
    expect(Math.abs(meanOf(selfBleuScores(tables, lengthsOf(lists))) - self_bleu)).toBeLessThan(tolerance);
    const four = tables[3];
    if (!four) throw new Error('four tables');
    expect(Math.abs(meanOf(selfRepetitionScores(four)) - self_repetition)).toBeLessThan(tolerance);
    // Relative: the score is in the hundreds.
    expect(Math.abs(vendi(tables) / score - 1)).toBeLessThan(tolerance);
  });

  testWithData('oasst_en_100_tree.jsonl', 'separation by sklearn, folds as ours', (path) => {
    const tree = treeTexts(path);
    const replies = golden.separation.groups.flatMap(([from, to], group) =>
      tree.slice(from, to).map((text, i) => ({
        character: `c${group}`,
        promptId: `${group} ${i}`,
        tokens: whitespaceTokens(text.toLowerCase()),
      })),
    );
    expect(Math.abs(separation(replies) - golden.separation.separation)).toBeLessThan(tolerance);
  });

  it('semantic entropy by scipy', () => {
    for (const { clusters, entropy } of golden.semantic)
      expect(Math.abs(semanticEntropy(clusters.map(String)) - entropy)).toBeLessThan(tolerance);
  });
});

describe('the published table of 50 replies', () => {
  // To the digits printed there, with Debian's older packages: another set of versions than cases.json.
  testWithData('oasst_en_100_tree.jsonl', 'comes out as printed', (path) => {
    const texts = treeTexts(path).slice(0, 50);
    const ours = measured(texts);
    const printed: [number, string][] = [
      ...['.290425', '.719652', '.883419', '.932303', '.952268'].map((figure, i): [number, string] => [
        ours.distinct[i] ?? NaN,
        figure,
      ]),
      [meanOf(ours.distinct), '.755613'],
      ...['.310951', '.770139', '.944936', '.99674', '1.017599'].map((figure, i): [number, string] => [
        ours.ead[i] ?? NaN,
        figure,
      ]),
      [meanOf(ours.ead), '.808073'],
      [ours.ngram_diversity, '2.842'],
      [ours.self_repetition, '2.097071'],
      [ours.self_bleu, '.245597'],
      [ours.vendi, '41.464976'],
      ...['6.399919', '6.542358', '6.656730'].map((figure, i): [number, string] => [
        ours.entropy_1[i] ?? NaN,
        figure,
      ]),
      ...['8.292349', '8.647577', '8.990788'].map((figure, i): [number, string] => [
        ours.entropy_2[i] ?? NaN,
        figure,
      ]),
      [ours.openers.top_10, '.44'],
      [ours.openers.simpson, '.0344'],
      [ours.rep[0] ?? NaN, '9.17'],
      [ours.rep[1] ?? NaN, '3.5'],
      [ours.rep[2] ?? NaN, '1.72'],
    ];
    for (const [value, figure] of printed) {
      const decimals = figure.split('.')[1]?.length ?? 0;
      expect(Math.abs(value - Number(figure)), figure).toBeLessThanOrEqual(0.5001 * 10 ** -decimals);
    }
    expect(Math.abs(ours.compression_ratio - 2.939)).toBeLessThanOrEqual(zlibTolerance);
  });
});
