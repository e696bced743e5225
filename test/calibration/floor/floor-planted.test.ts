import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { characterCardFromText } from '../../../pipelines/floor/character-card.ts';
import { characterNorms } from '../../../pipelines/floor/character-norms.ts';
import { defaultFloorSettings } from '../../../pipelines/floor/floor-settings.ts';
import { floorFlags } from '../../../pipelines/floor/judge-reply.ts';
import { measureReply } from '../../../pipelines/floor/measure-reply.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import { confusion } from './confusion.ts';
import { plant, plantedDefects } from './plant.ts';
import { chinese, english } from './planted-texts.ts';

interface CleanCharacter {
  readonly card: string;
  readonly user: readonly string[];
  readonly replies: readonly string[];
}

const rounds = 5;

describe.each(['en', 'zh'] as const)('defects planted in hand-written replies, %s', (language) => {
  it('are dropped, and sound replies are not: precision and recall at least .95', () => {
    const characters = JSON.parse(
      readFileSync(new URL(`clean-${language}.json`, import.meta.url), 'utf8'),
    ) as CleanCharacter[];
    const random = createRandom(`floor ${language}`);
    const results = confusion();
    for (const { card: cardText, user, replies } of characters) {
      const card = characterCardFromText(cardText);
      const before = (index: number) => [1, 2, 3].flatMap((back) => replies[index - back] ?? []);
      const sounds = replies.map((text, index) => ({
        text,
        previous: before(index),
        others: replies.filter((other) => other !== text),
        language,
      }));
      const measured = sounds.map(({ text, previous }, index) =>
        measureReply({
          text,
          finishReason: '',
          previousReplies: previous,
          userText: user[index % user.length] ?? '',
          card,
        }),
      );
      const norms = characterNorms(measured);
      const manner = { closes: norms.closedPercent >= 90, asks: norms.hookPercent >= 90 };
      for (const [index, sound] of sounds.entries()) {
        const measures = measured[index];
        if (measures) results.add('sound', sound.text, floorFlags(measures, norms, defaultFloorSettings));
        for (const defect of plantedDefects) {
          for (let round = 0; round < rounds; round += 1) {
            if (sound.previous.length === 0) continue;
            const planted = plant(
              defect,
              { ...sound, ...manner },
              language === 'en' ? english : chinese,
              random,
            );
            if (!planted) continue;
            const bad = measureReply({ ...planted, userText: user[index % user.length] ?? '', card });
            results.add(defect, planted.text, floorFlags(bad, norms, defaultFloorSettings));
          }
        }
      }
    }
    process.stdout.write(`${results.table(`planted in hand-written replies, ${language}`)}\n`);
    for (const defect of plantedDefects) {
      expect
        .soft(results.recall(defect), `${defect}: ${results.missed(defect).join(' | ')}`)
        .toBeGreaterThanOrEqual(0.9);
    }
    expect(results.recall()).toBeGreaterThanOrEqual(0.95);
    expect(results.wronglyDropped(), results.wrong().join(' | ')).toBeLessThanOrEqual(0.02);
  });
});
