import { expect } from 'vitest';

import { measureSamples } from '../../../pipelines/diversity/measure-samples.ts';
import { tokenBudgetOf } from '../../../pipelines/diversity/reading/token-budget.ts';
import { testWithData } from '../../support/shared-data.ts';
import { decodingTexts } from './oasst-texts.ts';
import type { Decoding } from './oasst-texts.ts';

/** The order of the published table on each of its metrics, most diverse first (LAION's pythia-12b sampling report). */
const orders: Record<string, readonly Decoding[]> = {
  opener_top_10: ['k50', 'beam5', 'greedy', 'magic_numbers'],
  opener_simpson: ['k50', 'greedy', 'magic_numbers', 'beam5'],
  self_bleu: ['k50', 'greedy', 'magic_numbers', 'beam5'],
  vendi: ['k50', 'greedy', 'magic_numbers', 'beam5'],
  entropy_1_chao_shen: ['k50', 'beam5', 'magic_numbers', 'greedy'],
  entropy_2_chao_shen: ['k50', 'beam5', 'magic_numbers', 'greedy'],
  rep_4: ['k50', 'beam5', 'magic_numbers', 'greedy'],
  compression_ratio: ['beam5', 'k50', 'magic_numbers', 'greedy'],
  distinct_2: ['k50', 'beam5', 'magic_numbers', 'greedy'],
};
const falling = new Set(['vendi', 'entropy_1_chao_shen', 'entropy_2_chao_shen', 'distinct_2']);
const decodings = ['k50', 'magic_numbers', 'beam5', 'greedy'] as const;

function probeOf(path: string, decoding: Decoding) {
  return decodingTexts(path, decoding).map((text, i) => ({ promptId: `p${i}`, text }));
}

testWithData('oasst_sampling_pythia_12b.json', 'four decodings stand in the published order', (path) => {
  const metrics = new Map(
    decodings.map((decoding) => [
      decoding,
      measureSamples(probeOf(path, decoding), { tokenBudget: null }).metrics,
    ]),
  );
  for (const [metric, order] of Object.entries(orders)) {
    const sign = falling.has(metric) ? -1 : 1;
    const valueOf = (decoding: Decoding) => sign * (metrics.get(decoding)?.[metric] ?? NaN);
    expect(
      decodings.toSorted((a, b) => valueOf(a) - valueOf(b)),
      metric,
    ).toEqual(order);
  }
});

testWithData('oasst_sampling_pythia_12b.json', 'cut to equal length, k50 stays the most diverse', (path) => {
  const tokenBudget = tokenBudgetOf(probeOf(path, 'k50'));
  const [k50, ...narrow] = decodings.map(
    (decoding) => measureSamples(probeOf(path, decoding), { tokenBudget }).metrics,
  );
  for (const metric of Object.keys(orders).filter((name) => name !== 'compression_ratio')) {
    const sign = falling.has(metric) ? -1 : 1;
    for (const each of narrow)
      expect(sign * (each[metric] ?? NaN), metric).toBeGreaterThan(sign * (k50?.[metric] ?? NaN));
  }
});
