import { describe, expect, it } from 'vitest';

import { distinctClusters, semanticEntropy } from '../../../pipelines/diversity/metrics/clusters.ts';
import { hillNumber, simpson, topMass } from '../../../pipelines/diversity/metrics/dominance.ts';
import { echoOf } from '../../../pipelines/diversity/metrics/echo.ts';
import {
  chaoShenEntropy,
  millerMadowEntropy,
  plugInEntropy,
} from '../../../pipelines/diversity/metrics/entropy.ts';
import { measureSamples } from '../../../pipelines/diversity/measure-samples.ts';
import { separation } from '../../../pipelines/diversity/metrics/separation.ts';

const probe = (...texts: string[]) => texts.map((text, i) => ({ promptId: `p${i}`, text }));

describe('Chinese, by hand', () => {
  // 我 喜欢 猫 / 我 喜欢 狗
  const { metrics } = measureSamples(probe('我喜欢猫。', '我喜欢狗！'), { tokenBudget: null });

  it('distinct n-grams', () => {
    expect(metrics['distinct_1']).toBe(4 / 6);
    expect(metrics['distinct_2']).toBe(3 / 4);
    expect(metrics['distinct_3']).toBe(1);
  });

  it('entropy: two words twice, two once', () => {
    const entropy = (2 / 3) * Math.log(3) + (1 / 3) * Math.log(6);
    expect(metrics['entropy_1']).toBeCloseTo(entropy, 12);
    expect(metrics['entropy_1_miller_madow']).toBeCloseTo(entropy + 3 / 12, 12);
    // Coverage 1 - 2/6; p = 2/9 twice and 1/9 twice.
    const term = (p: number) => (-2 * p * Math.log(p)) / (1 - (1 - p) ** 6);
    expect(metrics['entropy_1_chao_shen']).toBeCloseTo(term(2 / 9) + term(1 / 9), 12);
  });

  it('overlap of the two', () => {
    expect(metrics['homogenization']).toBeCloseTo(2 / 3, 12);
    // Precisions 2/3, 1/2, .1/1 and .1/1 (no 4-gram there).
    expect(metrics['self_bleu']).toBeCloseTo(((2 / 3) * (1 / 2) * 0.1 * 0.1) ** 0.25, 12);
    // Cosines 2/3, 1/2, 0, and none for n = 4: K = [[3/4, 7/24], [7/24, 3/4]].
    const vendi = Math.exp(-[25 / 48, 11 / 48].reduce((sum, share) => sum + share * Math.log(share), 0));
    expect(metrics['vendi']).toBeCloseTo(vendi, 12);
  });

  it('openers and templates', () => {
    expect(metrics['opener_top_10']).toBe(1);
    expect(metrics['opener_simpson']).toBe(1 / 2);
    // Both are [pronoun] …, and there are no others.
    expect(metrics['template_simpson']).toBe(1);
    expect(metrics['template_hill_1']).toBe(1);
  });

  it('self-repetition: a text that another holds word for word', () => {
    const { metrics: same } = measureSamples(probe('我喜欢猫和狗。', '我喜欢猫和狗。'), {
      tokenBudget: null,
    });
    // 我 喜欢 猫 和 狗: two 4-grams, each in one other text.
    expect(same['self_repetition']).toBeCloseTo(Math.log(3), 12);
    expect(same['self_bleu']).toBeCloseTo(1, 12);
    expect(same['vendi']).toBeCloseTo(1, 9);
  });
});

it('repetition within a text, by hand', () => {
  const { metrics } = measureSamples(probe('ha ha ha ha ha', 'one two three four five'), {
    tokenBudget: null,
  });
  // Without the last bigram of each: {ha ha} x 3, and three different ones.
  expect(metrics['rep_2']).toBeCloseTo(100 * (1 - 4 / 6), 12);
  expect(metrics['seq_rep_4']).toBeCloseTo(1 / 4, 12);
});

describe('counts of forms', () => {
  it('have the indices of vegan', () => {
    const counts = [5, 3, 2];
    expect(simpson(counts)).toBeCloseTo(0.38, 12);
    expect(hillNumber(counts, 2)).toBeCloseTo(1 / 0.38, 12);
    expect(hillNumber([4, 4, 4, 0], 1)).toBeCloseTo(3, 12);
    expect(topMass(counts, 2)).toBe(0.8);
    expect([topMass([], 3), simpson([]), hillNumber([], 1)].every(Number.isNaN)).toBe(true);
  });

  it('and entropies of extremes', () => {
    expect(plugInEntropy(Int32Array.of(7))).toBe(0);
    expect(chaoShenEntropy(Int32Array.of(7))).toBe(0);
    expect(plugInEntropy(Int32Array.of(1, 1))).toBeCloseTo(Math.log(2), 12);
    // All seen once: coverage by N - 1.
    const p = 1 / 4;
    expect(chaoShenEntropy(Int32Array.of(1, 1))).toBeCloseTo((-2 * p * Math.log(p)) / (1 - (1 - p) ** 2), 12);
    expect(millerMadowEntropy(Int32Array.of(2, 0, 2))).toBeCloseTo(Math.log(2) + 1 / 8, 12);
    expect(plugInEntropy(new Int32Array(0))).toBeNaN();
  });
});

it('meanings from outside', () => {
  expect(semanticEntropy(['a', 'a', 'b', 'c'])).toBeCloseTo(1.5 * Math.log(2), 12);
  expect(distinctClusters(['a', 'a', 'b', 'c'])).toBe(3);
});

it('echo counts runs of three words that the last three replies hold', () => {
  const words = (text: string) => text.split(' ');
  const reply = words('you smile at me again');
  expect(echoOf(reply, [words('you smile at him')])).toBeCloseTo(1 / 3, 12);
  expect(echoOf(reply, [words('x'), words('y'), words('z'), reply])).toBe(0);
  expect(echoOf(reply, [words('smile at me'), words('at me again'), words('you smile at')])).toBe(1);
  expect(echoOf(words('too short'), [reply])).toBeNaN();
});

describe('separation', () => {
  const replies = (of: (character: string, i: number) => string) =>
    ['ann', 'bob', 'cyd'].flatMap((character) =>
      Array.from({ length: 10 }, (_, i) => ({
        character,
        promptId: `${character} ${i}`,
        tokens: of(character, i).split(' '),
      })),
    );

  it('is 1 where each speaks in their own words, about 0 where all speak alike', () => {
    expect(separation(replies((character) => `hail ${character}ish words`))).toBe(1);
    expect(Math.abs(separation(replies((_, i) => `word${i % 4} said${i % 3}`)))).toBeLessThan(0.35);
    expect(separation(replies(() => 'all the same'))).toBe(0);
  });

  it('cannot be told of one character, or of one prompt each', () => {
    expect(separation([])).toBeNaN();
    expect(separation(replies(() => 'x').filter(({ character }) => character === 'ann'))).toBeNaN();
    expect(separation(replies(() => 'x').filter(({ promptId }) => promptId.endsWith(' 0')))).toBeNaN();
  });

  it('does not learn a prompt by heart: its replies stay in one fold', () => {
    // Replies differ by prompt only; knowing a prompt would tell the character.
    const twice = replies((character, i) => `${character}${i} about ${character}${i}`);
    expect(separation([...twice, ...twice])).toBe(0);
  });
});
