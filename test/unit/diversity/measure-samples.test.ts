import { describe, expect, it } from 'vitest';

import { measureSamples } from '../../../pipelines/diversity/measure-samples.ts';
import type { SampleMeasures } from '../../../pipelines/diversity/measure-samples.ts';
import { perPromptScores } from '../../../pipelines/diversity/per-prompt-scores.ts';
import type { ProbeSample } from '../../../pipelines/diversity/reading/probe-sample.ts';
import { tokenBudgetOf } from '../../../pipelines/diversity/reading/token-budget.ts';
import { drawReplies } from './draw-replies.ts';

const measure = (samples: readonly ProbeSample[], kind: 'probe' | 'rollout' = 'probe') =>
  measureSamples(samples, { tokenBudget: null, kind });

function expectFinite(measures: SampleMeasures): void {
  for (const { metrics, absent } of measures.groups) {
    for (const [name, value] of Object.entries(metrics)) expect(value, name).toSatisfy(Number.isFinite);
    for (const { metric, reason } of absent) {
      expect(metrics).not.toHaveProperty(metric);
      expect(reason).not.toBe('');
    }
  }
}

describe('bad input', () => {
  const cases: Record<string, ProbeSample[]> = {
    'no sample': [],
    'one sample': [{ promptId: 'a', text: 'Only this one reply.' }],
    'one word': [{ promptId: 'a', text: 'Yes' }],
    'empty texts': ['a', 'a', 'b'].map((promptId) => ({ promptId, text: ' \n' })),
    'one text that is not empty': ['', 'Hello you there', '…'].map((text, i) => ({ promptId: `${i}`, text })),
    'emoji alone': ['😀😀', '👍🏽', '❤️ ❤️ ❤️ ❤️ ❤️'].map((text, i) => ({ promptId: `${i}`, text })),
    'mixed scripts': ['Hi 你好 😀', 'Привет 你好', 'مرحبا hello', '\ud800 broken \udfff'].map((text, i) => ({
      promptId: `${i % 2}`,
      text,
    })),
    'the same reply everywhere': Array.from({ length: 12 }, (_, i) => ({
      promptId: `${i % 4}`,
      character: `c${i % 2}`,
      text: 'Always the very same reply to you.',
    })),
    'a megabyte': [
      { promptId: 'a', text: 'word '.repeat(200_000) },
      { promptId: 'a', text: '我喜欢猫。'.repeat(70_000) },
      { promptId: 'b', text: 'short and sweet' },
    ],
    'a megabyte without a space': [
      { promptId: 'a', text: 'a'.repeat(1_000_000) },
      { promptId: 'b', text: '*'.repeat(1_000_000) },
      { promptId: 'c', text: '哈'.repeat(300_000) },
    ],
    'NaN from the trainer': [{ promptId: 'a', text: 'one two three', entropy: NaN }],
  };
  for (const [name, samples] of Object.entries(cases))
    it(`${name}: a named absence, never NaN`, () => {
      for (const kind of ['probe', 'rollout'] as const) {
        expectFinite(measure(samples, kind));
        for (const { scores } of perPromptScores(samples, { tokenBudget: null, kind }))
          for (const score of scores.values()) expect(score >= 0 && score <= 1).toBe(true);
      }
    });

  it('says why', () => {
    const { absent, metrics } = measure([{ promptId: 'a', text: 'Only this one reply.' }]);
    expect(absent).toContainEqual({
      metric: 'self_bleu',
      reason: 'needs replies with words to two prompts',
    });
    expect(metrics).toMatchObject({ distinct_1: 1, empty_share: 0, vendi: 1 });
    expect(metrics).not.toHaveProperty('distinct_clusters');
    expect(measure([{ promptId: 'a', text: '' }]).absent).toContainEqual({
      metric: 'distinct_1',
      reason: 'no reply holds a word',
    });
  });

  it('counts empty replies and leaves them out of the rest', () => {
    const full = drawReplies('full', { prompts: 8, replies: 1 });
    const holes = [...full, ...full.map(({ promptId }) => ({ promptId, text: '' }))];
    const { metrics } = measure(holes);
    expect(metrics['empty_share']).toBe(0.5);
    expect(metrics['self_bleu']).toBe(measure(full).metrics['self_bleu']);
  });
});

describe('languages, depths and tiers', () => {
  const english = drawReplies('english', { prompts: 6 });
  const chinese = ['我喜欢猫和狗', '今天天气很好', '我们去公园散步吧', '你想吃什么呢'].flatMap((text, i) => [
    { promptId: `zh${i}`, text, depth: i < 2 ? '1-3' : '4-10', tier: 'niche' },
    { promptId: `zh${i}`, text: `${text}，好不好？`, depth: i < 2 ? '1-3' : '4-10', tier: 'niche' },
  ]);

  it('are never pooled: a language measures the same beside another', () => {
    const both = measure([...english, ...chinese]);
    const alone = measure(english);
    expect(alone.metrics).not.toHaveProperty(['distinct_1.en']);
    for (const [name, value] of Object.entries(alone.metrics))
      expect(both.metrics[`${name}.en`], name).toBe(value);
    expect(both.metrics['vendi.zh']).toBe(measure(chinese).metrics['vendi']);
    expect(both.metrics).not.toHaveProperty('vendi');
  });

  it('have groups of their own', () => {
    const { groups } = measure([...english, ...chinese]);
    expect(groups.map(({ language, by, value, prompts }) => [language, by, value, prompts])).toEqual([
      ['en', 'language', 'en', 6],
      ['zh', 'language', 'zh', 4],
      ['zh', 'depth', '1-3', 2],
      ['zh', 'depth', '4-10', 2],
      ['zh', 'tier', 'niche', 4],
    ]);
  });

  it('a reply in another language than its prompt is counted', () => {
    const samples = chinese.map((sample, i) =>
      i === 0
        ? { ...sample, language: 'zh', text: 'I only speak English now.' }
        : { ...sample, language: 'zh' },
    );
    expect(measure(samples).metrics['other_language_share']).toBe(1 / 8);
  });
});

describe('equal length', () => {
  it('is the lower quartile of the baseline, by language', () => {
    const samples = [2, 4, 6, 8, 10].map((words, i) => ({ promptId: `${i}`, text: 'hey '.repeat(words) }));
    expect(tokenBudgetOf(samples)).toEqual({ en: 4 });
    expect(tokenBudgetOf([...samples, { promptId: 'z', text: '我喜欢猫' }])).toEqual({ en: 4, zh: 3 });
    expect(tokenBudgetOf([{ promptId: 'a', text: '' }])).toEqual({});
  });

  it('holds: what follows the cut moves no metric but the lengths', () => {
    const samples = drawReplies('cut', { words: 50 });
    const options = { tokenBudget: { en: 30 } };
    const longer = samples.map((sample) => ({
      ...sample,
      text: `${sample.text} and more and more and more`,
    }));
    const [short, long] = [measureSamples(samples, options), measureSamples(longer, options)];
    const lengths = new Set(['length_mean', 'length_median']);
    for (const [name, value] of Object.entries(short.metrics))
      if (!lengths.has(name)) expect(long.metrics[name], name).toBe(value);
    expect(short.metrics).toMatchObject({ cut_share: 1, short_share: 0, length_mean: 50 });
    const half = samples.map((sample, i) => ({ ...sample, text: i % 2 ? sample.text : 'very short' }));
    expect(measureSamples(half, options).metrics).toMatchObject({ cut_share: 0.5, short_share: 0.5 });
  });
});

it('across prompts sets no two replies to one prompt against each other', () => {
  const texts = drawReplies('draws', { prompts: 10, replies: 1 });
  const thrice = texts.flatMap((sample) => [sample, sample, sample]);
  const [once, repeated] = [measure(texts).metrics, measure(thrice).metrics];
  for (const metric of ['self_bleu', 'vendi', 'distinct_2', 'opener_top_10', 'compression_ratio'])
    expect(repeated[metric], metric).toBeCloseTo(once[metric] ?? NaN, 12);
  expect(repeated['within_self_bleu']).toBeCloseTo(1, 9);
  expect(repeated['within_vendi_share']).toBeCloseTo(1 / 3, 9);
  expect(repeated['within_distinct_1']).toBeLessThan(0.4);
});

it('a rollout is measured within prompts and reply by reply only', () => {
  const { metrics } = measure(drawReplies('rollout', {}), 'rollout');
  expect(metrics).toHaveProperty('within_distinct_2');
  expect(metrics).toHaveProperty('length_mean');
  for (const across of ['self_bleu', 'vendi', 'opener_top_10', 'distinct_2'])
    expect(metrics).not.toHaveProperty(across);
});

it('what the sample tells is read: entropy, clusters, finish reasons, context', () => {
  const samples = drawReplies('told', { prompts: 4, replies: 2 }).map((sample, i) => ({
    ...sample,
    entropy: 1 + (i % 2),
    cluster: String(i % 2),
    finishReason: i === 0 ? 'length' : 'stop',
    context: [sample.text],
  }));
  const { metrics } = measure(samples);
  expect(metrics).toMatchObject({ token_entropy: 1.5, distinct_clusters: 2, echo: 1 });
  expect(metrics['semantic_entropy']).toBeCloseTo(Math.log(2), 12);
  expect(metrics['stopped_by_length_share']).toBe(1 / 8);
});

it('names do not tell characters apart, ways of speaking do', () => {
  const probe = (ofCharacter: (character: number, i: number) => string) =>
    Array.from({ length: 40 }, (_, i) => ({
      promptId: `p${i}`,
      character: `c${i % 2}`,
      names: [i % 2 ? 'Mortimer' : 'Isolde'],
      text: ofCharacter(i % 2, i),
    }));
  const named = probe((of, i) => `it is ${of ? 'Mortimer' : 'Isolde'} who says word${i % 7} to you`);
  expect(Math.abs(measure(named).metrics['separation'] ?? NaN)).toBeLessThan(0.5);
  const voiced = probe((of, i) => `${of ? 'arr matey the sea' : 'pray tell good sir'} word${i % 7}`);
  expect(measure(voiced).metrics['separation']).toBe(1);
});

describe('scores by prompt', () => {
  const options = { tokenBudget: null };
  const mean = (samples: readonly ProbeSample[]) =>
    new Map(
      perPromptScores(samples, options).map(({ metric, scores }) => [
        metric,
        [...scores.values()].reduce((sum, score) => sum + score, 0) / scores.size,
      ]),
    );

  it('move to the side their group says when a policy collapses', () => {
    const groups = new Map(
      perPromptScores(drawReplies('any', {}), options).map((each) => [each.metric, each.group]),
    );
    const [before, after] = [mean(drawReplies('a', {})), mean(drawReplies('b', { collapsed: 0.6 }))];
    for (const metric of ['novelty_within', 'novelty_across', 'opener_dominance', 'template_dominance']) {
      const change = (after.get(metric) ?? NaN) - (before.get(metric) ?? NaN);
      expect(groups.get(metric) === 'dominance' ? change : -change, metric).toBeGreaterThan(0.1);
    }
  });

  it('score every prompt once, and none across prompts in a rollout', () => {
    const samples = drawReplies('any', { prompts: 5 });
    for (const { scores } of perPromptScores(samples, options)) expect(scores.size).toBe(5);
    const rollout = perPromptScores(samples, { tokenBudget: null, kind: 'rollout' });
    for (const { metric } of rollout) expect(metric).not.toMatch(/across|opener|template/);
    expect(rollout.map(({ metric }) => metric)).toContain('novelty_within');
  });

  it('an opener counts against a prompt only if two others hold it', () => {
    const samples = ['once upon a', 'once upon a', 'but then he', 'but then he', 'but then he'].map(
      (start, i) => ({ promptId: `p${i}`, text: `${start} x${i} y${i}` }),
    );
    const opener = perPromptScores(samples, options).find(({ metric }) => metric === 'opener_dominance');
    expect([...(opener?.scores.values() ?? [])]).toEqual([0, 0, 1, 1, 1]);
  });

  it.each(['', '...!?', 'Yes.'])(
    'a policy that only says %j has lost its diversity, to what it says',
    (text) => {
      for (const replies of [1, 4]) {
        const drawn = drawReplies('silent', { prompts: 6, replies });
        const scores = mean(drawn.map((sample) => ({ ...sample, text })));
        expect(scores.get('novelty_across')).toBe(0);
        if (replies > 1) expect(scores.get('novelty_within')).toBe(0);
        expect(scores.get('opener_dominance')).toBe(1);
        expect(mean(drawn).get('opener_dominance')).toBeLessThan(0.5);
      }
    },
  );

  it('languages are never pooled: what others say in another language takes nothing over', () => {
    const said = (language: string, count: number) =>
      Array.from({ length: count }, (_, i) => ({
        promptId: `${language}${i}`,
        language,
        text: `once upon a time x${i}`,
      }));
    const scoresOf = (samples: readonly ProbeSample[], metric: string) =>
      [
        ...(perPromptScores(samples, options)
          .find((each) => each.metric === metric)
          ?.scores.keys() ?? []),
      ].sort();
    // Two prompts of a language cannot tell what the others of theirs say.
    expect(scoresOf([...said('en', 3), ...said('de', 2)], 'opener_dominance')).toEqual(['en0', 'en1', 'en2']);
    expect(scoresOf([...said('en', 3), ...said('de', 2)], 'novelty_across')).toEqual(['en0', 'en1', 'en2']);
    const alone = perPromptScores(said('en', 4), options);
    const beside = perPromptScores([...said('en', 4), ...said('de', 5)], options);
    for (const { metric, scores } of alone)
      for (const [prompt, score] of scores)
        expect(beside.find((each) => each.metric === metric)?.scores.get(prompt), metric).toBe(score);
  });

  it('token entropy is scored where every reply of a prompt has one', () => {
    const samples = drawReplies('entropy', { prompts: 2, replies: 2 }).map((sample, i) =>
      i === 0 ? sample : { ...sample, entropy: Math.log(2) },
    );
    const entropy = perPromptScores(samples, options).find(({ metric }) => metric === 'token_entropy');
    expect([...(entropy?.scores ?? [])]).toEqual([['p1', 0.5]]);
  });
});
