import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { characterCardFromText } from '../../../pipelines/floor/character-card.ts';
import { characterNorms } from '../../../pipelines/floor/character-norms.ts';
import { defaultFloorSettings } from '../../../pipelines/floor/floor-settings.ts';
import { floorFlags } from '../../../pipelines/floor/judge-reply.ts';
import { measureReply } from '../../../pipelines/floor/measure-reply.ts';
import type { CharacterNorms } from '../../../pipelines/floor/character-norms.ts';

type HardNegatives = Readonly<Record<string, { card?: string; lines: readonly string[] }>>;

const plainCard = { en: 'Name: Robin\nLanguage: English', zh: '姓名：小知\n语言：中文' };

/** A character whose own replies are long, closed, and questions nearly all: the hardest to stand out against. */
const strict = (medianLength: number): CharacterNorms => ({
  replies: 500,
  medianLength,
  lengthSpread: 0.25,
  hookPercent: 98,
  closedPercent: 98,
  mixedPercent: 0,
  medianLoopPercent: 0,
  medianSaidBeforePercent: 0,
  brokenMarksPercent: 0,
});

describe.each(['en', 'zh'] as const)('hard negatives, %s', (language) => {
  const fixture = new URL(`hard-negatives-${language}.json`, import.meta.url);
  const lines = Object.entries(JSON.parse(readFileSync(fixture, 'utf8')) as HardNegatives).flatMap(
    ([kind, { card = plainCard[language], lines }]) =>
      lines.map((text) => ({
        kind,
        text,
        measures: measureReply({
          text,
          finishReason: '',
          previousReplies: [],
          userText: '',
          card: characterCardFromText(card),
        }),
      })),
  );

  it('are at least 300 lines of every kind', () => {
    expect(lines.length).toBeGreaterThanOrEqual(300);
    expect(new Set(lines.map(({ text }) => text)).size).toBe(lines.length);
    expect(new Set(lines.map(({ kind }) => kind)).size).toBe(18);
  });

  it.each([
    ['a character never met before', characterNorms([])],
    ['a character who talks like this', characterNorms(lines.map(({ measures }) => measures))],
    ['a character who never talks like this', strict(language === 'en' ? 60 : 90)],
  ])('of %s: at most 2 %% are dropped', (who, norms) => {
    const dropped = lines.flatMap(({ kind, text, measures }) => {
      const drops = floorFlags(measures, norms, defaultFloorSettings).filter(({ level }) => level === 'drop');
      return drops.length > 0 ? [`${kind} ${drops.map(({ check }) => check).join('+')}: ${text}`] : [];
    });
    process.stdout.write(
      `hard negatives, ${language}, ${who}: ${dropped.length} of ${lines.length} dropped\n`,
    );
    expect(dropped.length, dropped.join('\n')).toBeLessThanOrEqual(0.02 * lines.length);
  });
});
