import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { languageOfText, promptLanguages } from '../../../pipelines/diversity/reading/language.ts';
import {
  firstWhitespaceTokens,
  whitespaceTokens,
  wordTokens,
} from '../../../pipelines/diversity/reading/tokens.ts';

describe('wordTokens', () => {
  it('takes words of Latin script apart', () => {
    expect(wordTokens(`*She* smiles: "I can't — it's 3.5 km, Élodie!"`)).toEqual([
      ...['she', 'smiles', 'i', "can't", "it's", '3.5', 'km', 'élodie'],
    ]);
  });

  it('takes Chinese apart by its dictionary', () => {
    expect(wordTokens('我喜欢猫，你呢？')).toEqual(['我', '喜欢', '猫', '你', '呢']);
  });

  it('keeps emoji, joined ones whole, and mixed scripts', () => {
    expect(wordTokens('ok 😀👍🏽 👩‍🚀!')).toEqual(['ok', '😀', '👍🏽', '👩‍🚀']);
    expect(wordTokens('我说 hello 😀')).toEqual(['我', '说', 'hello', '😀']);
  });

  it('finds nothing in empty texts and punctuation', () => {
    for (const text of ['', ' \n\t', '……！？', '***', '\u200b'])
      expect(wordTokens(text), JSON.stringify(text)).toEqual([]);
  });

  it('finds the same words in Latin texts as Intl.Segmenter', () => {
    const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
    const part = fc.constantFrom(
      ...[
        'word',
        'Ünïcode',
        "don't",
        'it’s',
        '3.5',
        '1,000',
        'e.g',
        'U.S',
        'a_b',
        'x1',
        '7th',
        'naïve',
        '42',
      ],
      ...[' ', '  ', '\n', ', ', '. ', '! ', '? ', '"', '*', '—', '...', '-', ': ', '; ', '(', ')', '’', "'"],
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const text = parts.join('');
        const expected = [...segmenter.segment(text.toLowerCase())]
          .filter(({ isWordLike }) => isWordLike)
          .map(({ segment }) => segment);
        expect(wordTokens(text)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('reads a megabyte in any script', () => {
    expect(wordTokens('word '.repeat(200_000))).toHaveLength(200_000);
    expect(wordTokens('a'.repeat(1_000_000))).toHaveLength(1);
    expect(wordTokens('我喜欢猫。'.repeat(70_000))).toHaveLength(210_000);
  });
});

it('whitespaceTokens splits as Python does', () => {
  expect(whitespaceTokens(' a\u00a0b\u3000c\x1cd\ufeffe\n')).toEqual(['a', 'b', 'c', 'd\ufeffe']);
  for (const text of [' a b  c d', 'a b', '', '  ', 'a b c '])
    expect(firstWhitespaceTokens(text, 3)).toEqual(whitespaceTokens(text).slice(0, 3));
});

describe('languages', () => {
  it('are told by script', () => {
    expect(languageOfText('She said 你好 and left.')).toBe('en');
    expect(languageOfText('他说 OK，然后走了。')).toBe('zh');
    expect(languageOfText('これは日本語の文章です')).toBe('other');
    expect(languageOfText('Привет, как дела')).toBe('other');
    expect(languageOfText('😀 123 …')).toBe('unknown');
  });

  it('of a prompt are what its samples declare, else what most are in', () => {
    const languages = promptLanguages([
      { promptId: 'a', text: 'hello there', language: 'zh' },
      { promptId: 'b', text: '你好' },
      { promptId: 'b', text: 'hello' },
      { promptId: 'b', text: '再见' },
      { promptId: 'c', text: '!!!' },
      { promptId: 'c', text: '!!!' },
      { promptId: 'c', text: 'yes' },
    ]);
    expect(Object.fromEntries(languages)).toEqual({ a: 'zh', b: 'zh', c: 'en' });
  });
});
