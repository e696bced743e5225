import { describe, expect, it } from 'vitest';

import { characterCardFromText } from '../../../pipelines/floor/character-card.ts';
import { characterNorms } from '../../../pipelines/floor/character-norms.ts';
import { floorChecks } from '../../../pipelines/floor/floor-checks.ts';
import { defaultFloorSettings } from '../../../pipelines/floor/floor-settings.ts';
import { floorFlags } from '../../../pipelines/floor/judge-reply.ts';
import { measureReply } from '../../../pipelines/floor/measure-reply.ts';
import type { ReplyInContext } from '../../../pipelines/floor/measure-reply.ts';

type Given = Partial<Omit<ReplyInContext, 'card'>> & { readonly text: string; readonly card?: string };

const measured = ({ card = 'Language: English', ...reply }: Given) =>
  measureReply({
    finishReason: '',
    previousReplies: [],
    userText: '',
    ...reply,
    card: characterCardFromText(card),
  });

/** Flags among forty replies like `usual`. */
function flags(
  reply: Given,
  usual: Given = { text: 'The kettle is on and the rain has stopped. Will you stay for supper?' },
) {
  const norms = characterNorms(new Array(40).fill(measured(usual)));
  return floorFlags(measured(reply), norms, defaultFloorSettings).map(
    ({ check, level }) => `${level} ${check}`,
  );
}

describe('the floor', () => {
  it('judges length, filler and hooks against the character', () => {
    expect(flags({ text: 'Okay.' })).toEqual(['drop low_information']);
    expect(flags({ text: 'Okay.' }, { text: 'Fine.' })).toEqual([]);
    expect(flags({ text: 'Yes.', userText: 'Are you sure?' })).toEqual([]);
    expect(flags({ text: 'Yes.', userText: 'Tell me about the sea.' })).toEqual(['drop low_information']);
    expect(flags({ text: 'The kettle is on and the rain has stopped, and nobody came by all day.' })).toEqual(
      ['drop no_hook'],
    );
    expect(
      flags(
        { text: 'The kettle is on and the rain has stopped, and nobody came.' },
        { text: 'The rain stopped.' },
      ),
    ).toEqual([]);
    const long =
      'The kettle sang while a grey heron crossed the marsh and old Peder mended nets beside us. '.repeat(1);
    const story = `${long}Then came the storm, and the ferry turned back, and the lamp in the tower went out for good. Nobody slept. My aunt told stories about whales until the windows were white with salt. Shall I tell you one?`;
    expect(flags({ text: story })).toEqual(['drop length_drift']);
  });

  it('lets the card and the user explain another language', () => {
    const text = 'Sit down, please. 我昨天在河边看见一只白鹭，它站了整整一个下午。 Will you have tea?';
    expect(flags({ text })).toEqual(['drop mixed_language']);
    expect(flags({ text, card: 'Language: English\nA bilingual tea master.' })).toEqual([]);
    expect(flags({ text, userText: 'Say something in Chinese!' })).toEqual([]);
    expect(flags({ text }, { text })).toEqual(['warn mixed_language']);
  });

  it('believes the finish reason before the text', () => {
    const text = 'The kettle is on. Will you stay?';
    expect(flags({ text, finishReason: 'length' })).toEqual(['drop truncated']);
    expect(flags({ text, finishReason: 'stop' })).toEqual([]);
    expect(flags({ text: 'The kettle is on. Will you stay for the night or go back to the' })).toContain(
      'drop truncated',
    );
    expect(flags({ text: 'see you at the pier then' })).toEqual([]);
  });

  it('lets an AI say so, not a knight', () => {
    const text = 'As an AI I have no hands, so would you pour?';
    expect(flags({ text })).toEqual(['drop breaks_character']);
    expect(flags({ text, card: 'Kind: machine\nLanguage: English' })).toEqual([]);
    expect(flags({ text, card: '' })).toEqual(['warn breaks_character']);
  });

  it('lets a narrator tell deeds, and speeches unless its card spares the user', () => {
    const deeds = 'You nod, take the lamp and step closer to the edge. What now?';
    const speech = 'You sigh and say, "I will go back at once." What now?';
    expect(flags({ text: deeds })).toContain('drop speaks_for_user');
    expect(flags({ text: deeds, card: 'Kind: narrator' })).toEqual([]);
    expect(flags({ text: speech, card: 'Kind: narrator' })).toEqual([]);
    expect(flags({ text: speech, card: 'Kind: narrator. Never speak for the user.' })).toEqual([
      'drop speaks_for_user',
    ]);
  });

  it('compares with the three replies before, catchphrases left out', () => {
    const before = 'The lamp went out at nine, and the sea was as black as a hat. Did you see it?';
    expect(flags({ text: before, previousReplies: ['Hm?', before] })).toEqual(['drop repeats_previous']);
    expect(flags({ text: before, previousReplies: ['a', 'b', 'c', before] })).toEqual([]);
    const phrase = 'By the nine lost bells of Saint Ottilie, I declare';
    const texts = { text: `${phrase}, who ate it?`, previousReplies: [`${phrase}, what fog!`] };
    expect(flags(texts)).toContain('drop repeats_previous');
    expect(flags({ ...texts, card: `Language: English\nCatchphrase: ${phrase}` })).toEqual([]);
  });

  it('has a dimension for every check', () => {
    expect(new Set(Object.values(floorChecks)).size).toBe(5);
  });
});
