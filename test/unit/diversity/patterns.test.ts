import { describe, expect, it } from 'vitest';

import { namesByCapitals, withoutNames } from '../../../pipelines/diversity/reading/mask.ts';
import { patternsThatTookOver } from '../../../pipelines/diversity/patterns/patterns.ts';
import type { ProbeSample } from '../../../pipelines/diversity/reading/probe-sample.ts';
import { drawReplies } from './draw-replies.ts';

describe('patterns that took over', () => {
  const baseline = drawReplies('baseline', { replies: 20 });
  const samples = drawReplies('now', { collapsed: 0.5 });

  it('none where nothing changed', () => {
    expect(
      patternsThatTookOver({ baseline, step: 9, samples: drawReplies('same policy', { replies: 4 }) }),
    ).toEqual([]);
  });

  it('opener, beat, closing, template and phrase, with what they reached and since when', () => {
    const probes = [0, 0, 0.5, 0, 0.5, 0.6].map((collapsed, i) => ({
      step: 100 * i,
      samples: drawReplies(`probe ${i}`, { collapsed }),
    }));
    const found = patternsThatTookOver({ baseline, step: 600, samples, earlier: probes });
    const by = (kind: string) => found.filter((each) => each.kind === kind);
    expect(by('opener')[0]).toMatchObject({ pattern: '[pronoun] smiles softly', sinceStep: 400 });
    expect(by('beat')[0]).toMatchObject({ pattern: '[pronoun] smiles softly' });
    expect(by('closing')[0]).toMatchObject({ pattern: 'do [pronoun] do next ?' });
    expect(by('phrase').map(({ pattern }) => pattern)).toContain('oh [pronoun] know that [pronoun] care');
    expect(by('template').map(({ pattern }) => pattern)).toContain('what do [pronoun] do …');
    const opener = by('opener')[0];
    const holding = samples.filter(({ text }) => text.startsWith('*She'));
    expect(opener?.share).toBe(holding.length / samples.length);
    expect(opener?.promptShare).toBe(new Set(holding.map(({ promptId }) => promptId)).size / 24);
    expect(opener?.characterShare).toBe(1);
    expect(opener?.baselineShare).toBe(0);
    expect(opener?.examples).toHaveLength(3);
    expect(opener?.examples[0]).toMatch(/^\*She smiles softly\* Oh, you know/);
  });

  it('none that chance brings: three prompts of 24 are not three standard errors', () => {
    const one = drawReplies('before', { replies: 1 });
    const few = drawReplies('after', { replies: 1 }).map((sample, i) =>
      i % 8 === 0 ? { ...sample, text: `Well then my friend ${sample.text}` } : sample,
    );
    expect(patternsThatTookOver({ baseline: one, step: 1, samples: few })).toEqual([]);
  });

  it('not those that the card holds', () => {
    const carded = samples.map((sample) => ({
      ...sample,
      prompt: 'She smiles softly, always. Oh, you know that I care. She asks: what do you do next?',
    }));
    const found = patternsThatTookOver({ baseline, step: 1, samples: carded });
    expect(found.map(({ pattern }) => pattern).filter((each) => /smiles|care|do next/.test(each))).toEqual(
      [],
    );
  });

  it('one pattern whatever the name, the pronoun and the number', () => {
    const hero = (i: number) => ['Aria', 'Bram', 'Cleo'][i % 3] ?? '';
    const varied = drawReplies('varied', { replies: 1 }).map((sample, i) => ({
      ...sample,
      names: [hero(i)],
      text: `${hero(i)} counts to ${i} and shows ${i % 2 ? 'him' : 'her'} the way. ${sample.text}`,
    }));
    const [opener] = patternsThatTookOver({ baseline, step: 1, samples: varied });
    expect(opener).toMatchObject({ kind: 'opener', pattern: '[name] counts to', promptShare: 1 });
    const phrase = patternsThatTookOver({ baseline, step: 1, samples: varied }).find(
      ({ kind }) => kind === 'phrase',
    );
    expect(phrase?.pattern).toBe('[name] counts to [number] and shows [pronoun] the way');
  });

  it('in Chinese too, and languages apart', () => {
    const zh = (tail: (i: number) => string): ProbeSample[] =>
      Array.from({ length: 20 }, (_, i) => ({ promptId: `zh${i}`, text: tail(i) }));
    const animals = ['猫', '狗', '鸟', '鱼', '马'];
    const before = zh((i) => `今天看见一只${animals[i % 5] ?? ''}，${'真好玩'.repeat(1 + (i % 4))}。`);
    const after = zh((i) => `（轻轻地笑了笑）你好呀，${animals[i % 5] ?? ''}。你想做什么呢？`);
    const found = patternsThatTookOver({
      baseline: [...baseline, ...before],
      step: 5,
      samples: [...drawReplies('en', {}), ...after],
    });
    expect(new Set(found.map(({ language }) => language))).toEqual(new Set(['zh']));
    expect(found.find(({ kind }) => kind === 'beat')?.pattern).toMatch(/^轻轻/);
    expect(found.find(({ kind }) => kind === 'closing')?.pattern).toBe('[pronoun] 想做 什么 呢 ?');
  });

  it('from bad input: nothing, and no error', () => {
    for (const text of [
      '',
      '😀',
      '*',
      '****',
      '(',
      'a'.repeat(1_000_000),
      '（'.repeat(100_000),
      '* '.repeat(100_000),
    ])
      expect(
        patternsThatTookOver({
          baseline: [{ promptId: 'a', text }],
          step: 1,
          samples: [{ promptId: 'a', text, names: ['', '(', '\\'], prompt: '' }],
        }),
      ).toEqual([]);
    expect(patternsThatTookOver({ baseline: [], step: 1, samples: [] })).toEqual([]);
  });
});

describe('names', () => {
  it('are words that only stand with a capital, inside a sentence too', () => {
    const names = namesByCapitals([
      'Then Rose came. Stones fell.',
      'A rose for Élodie, and Mary-Ann said so.',
    ]);
    expect([...names].sort()).toEqual(['mary-ann', 'élodie']);
  });

  it('given ones are masked as whole words, in Chinese anywhere', () => {
    expect(withoutNames('Al sees Alice, AL!', ['Al'])).toBe(' \uE000  sees Alice,  \uE000 !');
    expect(withoutNames('小明和小明明', ['小明', '小明明'])).toBe(' \uE000 和 \uE000 ');
  });
});
