import { describe, expect, it } from 'vitest';

import { defects } from '../../../pipelines/worlds/texts/defects.ts';
import { characters } from '../../../pipelines/worlds/texts/characters.ts';
import { nearDuplicates } from './shingles.ts';
import { worldOf } from './default-world.ts';

interface Reply {
  text: string;
  language: string;
  defects: readonly string[];
  finish: string | undefined;
  parts: boolean;
}

const world = worldOf();
const truths = new Map([...world.turnTruths()].map((turn) => [turn.turn_id, turn]));
const replies = new Map<string, Reply>();
const cards: string[] = [];
for (const { events } of world.requests()) {
  for (const event of events) {
    if (event.type !== 'turn' || typeof event.content !== 'string') continue;
    if (event.role === 'system') cards.push(event.content);
    if (event.role !== 'assistant') continue;
    replies.set(event.turn_id, {
      text: event.content,
      language: event.character_id?.slice(0, 2) ?? '',
      defects: truths.get(event.turn_id)?.defects ?? [],
      finish: event.generation?.finish_reason,
      parts: false,
    });
  }
}
const all = [...replies.values()];
const clean = all.filter((reply) => reply.defects.length === 0);
const withDefect = (defect: string) => all.filter((reply) => reply.defects.includes(defect));

describe('clean replies', () => {
  it('never repeat each other, nor nearly', () => {
    const texts = clean.map((reply) => reply.text);
    expect(texts.length).toBeGreaterThan(25_000);
    expect(new Set(texts).size).toBe(texts.length);
    expect(nearDuplicates(texts, 0.9).slice(0, 3)).toEqual([]);
  });

  it('are in the language of their character, with marks in pairs and a question for the user', () => {
    expect(new Set(clean.map((reply) => reply.language))).toEqual(new Set(['en', 'zh']));
    for (const { text, language } of clean) {
      const wrong = language === 'en' ? /[\u3000-\u9fff\uff00-\uffef]/ : /[A-Za-z]{2}/;
      if (wrong.test(text)) throw new Error(text);
      if ((text.match(/[*"]/g) ?? []).length % 2 !== 0) throw new Error(text);
      if (text.split('“').length !== text.split('”').length) throw new Error(text);
      if (!/[?？][”"]?$/.test(text)) throw new Error(text);
      if (/[{}]|undefined|\s{2}|\b[Aa] [aeiou]/.test(text)) throw new Error(text);
    }
  });
});

describe('planted defects', () => {
  it('are in about 6 % of replies, every kind in both languages', () => {
    const share = 1 - clean.length / all.length;
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.065);
    for (const defect of defects) {
      for (const language of ['en', 'zh']) {
        expect(withDefect(defect).filter((reply) => reply.language === language).length).toBeGreaterThan(10);
      }
    }
  });

  it('can be seen in the text', () => {
    const every = (defect: string, holds: (reply: Reply) => boolean) =>
      withDefect(defect)
        .filter((reply) => !holds(reply))
        .map((reply) => reply.text);
    expect(
      every('mixed_language', ({ text }) => /[\u4e00-\u9fff]/.test(text) && /[a-z]{3}/.test(text)),
    ).toEqual([]);
    expect(
      every('truncated', ({ text, finish }) => finish === 'length' && !/[.?!。？！”"*]$/.test(text)),
    ).toEqual([]);
    expect(every('no_hook', ({ text }) => !/[?？]/.test(text))).toEqual([]);
    expect(
      every('breaks_character', ({ text }) => /language model|chatbot|语言模型|聊天机器人/.test(text)),
    ).toEqual([]);
    expect(every('refusal', ({ text }) => /sorry|unable|抱歉|对不起/.test(text))).toEqual([]);
    expect(every('low_information', ({ text }) => text.length < 30)).toEqual([]);
    expect(
      every('length_drift', ({ text, language }) => text.length > (language === 'en' ? 800 : 250)),
    ).toEqual([]);
    expect(
      every('broken_markup', ({ text }) => {
        const marks = (text.match(/[*"]/g) ?? []).length;
        return (
          marks % 2 === 1 ||
          text.split('“').length !== text.split('”').length ||
          text.includes('**') ||
          text.includes('</i>')
        );
      }),
    ).toEqual([]);
  });

  it('alone end a reply at the length limit', () => {
    expect(
      all.filter((reply) => reply.finish === 'length').every((reply) => reply.defects.includes('truncated')),
    ).toBe(true);
  });

  it('lower the latent quality', () => {
    const mean = (list: { quality: number }[]) =>
      list.reduce((sum, { quality }) => sum + quality, 0) / list.length;
    const turns = [...truths.values()];
    const faulty = mean(turns.filter((turn) => turn.defects.length > 0));
    expect(faulty - mean(turns.filter((turn) => turn.defects.length === 0))).toBeLessThan(-1.3);
  });
});

it('cards name the character, its language and what it is', () => {
  for (const card of new Set(cards)) {
    const named = characters.filter((character) => card.includes(character.name));
    expect(named.length).toBeGreaterThan(0);
    expect(card).toMatch(/Language: English|语言：中文/);
    expect(card).toMatch(/Kind: (person|machine|narrator)|身份：(人物|人工智能|旁白)/);
  }
  expect(new Set(cards).size).toBe(characters.length);
});
