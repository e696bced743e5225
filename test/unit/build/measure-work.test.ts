import { expect, test } from 'vitest';

import { characterCardFromText } from '../../../pipelines/floor/character-card.ts';
import { measureReply } from '../../../pipelines/floor/measure-reply.ts';
import { measuresFromPacked, packedMeasures } from '../../../pipelines/floor/packed-measures.ts';
import { rowsFromLines } from '../../../services/jobs/build/json-lines.ts';
import { createMeasureWork } from '../../../services/jobs/build/measure-range.ts';
import { createStory } from '../../support/story.ts';
import { storyOf } from './story-of.ts';

const card = 'You are Mira, a lighthouse keeper. She speaks English.';
const measured = (text: string, userText: string, finishReason = '') =>
  measureReply({ text, userText, finishReason, previousReplies: [], card: characterCardFromText(card) });

test('packed measures are those that went in', () => {
  const all = [
    measured('The lamp is lit. Will you stay?', 'hello'),
    measured('As an AI language model, I cannot', '', 'length'),
    measured('风很大，灯还亮着。', '你好'),
  ];
  expect([...measuresFromPacked(packedMeasures(all))]).toEqual(all);
});

test('every reply is measured, and what was made of one apart from what is usual', () => {
  const edited = '*She smiles.* "Stay until the fog lifts. What did you bring?"';
  const story = createStory()
    .turn('s', '', { role: 'system', content: card })
    .user('u', 's', { content: 'hello' })
    .reply('a', 'u', { content: 'The lamp is lit. Will you stay?', finish_reason: 'length' })
    .reply('b', 'u', { content: 'Go away, the fog is thick tonight and the boats are late.' })
    .edit('a', edited)
    .choose('b', 'a');
  const work = createMeasureWork({ key: { app: 'app', build_id: 'ds' }, typicalLengths: new Map() });
  const { characters, shown, choices, counts } = work([storyOf('ann', story)]);
  const [own] = characters;
  expect(characters).toHaveLength(1);
  expect(own?.replies).toEqual([{ annotatorId: 'ann', turnIds: ['a', 'b'] }]);
  expect(own?.edits).toEqual([{ annotatorId: 'ann', turnIds: ['a'] }]);
  expect([...measuresFromPacked(own?.editMeasures ?? new Int32Array())]).toEqual([measured(edited, 'hello')]);
  expect(measuresFromPacked(own?.measures ?? new Int32Array()).next().value).toMatchObject({ finish: 2 });
  expect([...rowsFromLines(shown.bytes)]).toMatchObject([
    { app: 'app', build_id: 'ds', annotator_id: 'ann', turn_id: 'a', side_by_side: true, regenerated: -1 },
    { turn_id: 'b', alternatives: 2, alternative_index: 2 },
  ]);
  expect(choices).toEqual([{ annotatorId: 'ann', chosenTurnId: 'b', passedTurnId: 'a' }]);
  expect(counts).toContainEqual({ step: 'reply', reason: 'shown', count: 2 });
});

test('what came after several tries is told from what came after one', () => {
  const story = createStory().user('u', '').reply('a', 'u').regenerate('a').reply('b', 'u').regenerate('b');
  story.reply('c', 'u').regenerate('c').reply('d', 'u').regenerate('d').reply('e', 'u').user('v', 'e');
  const work = createMeasureWork({ key: { app: 'app', build_id: 'ds' }, typicalLengths: new Map() });
  expect([...rowsFromLines(work([storyOf('ann', story)]).shown.bytes)]).toMatchObject(
    [0, 1, 2, 3, 3].map((tries) => ({ tries, replaced: tries > 0 })),
  );
});

test('nothing of who denied training is measured', () => {
  const story = createStory().user('u', '').reply('a', 'u').annotator({ training: 'denied' });
  const work = createMeasureWork({ key: { app: 'app', build_id: 'ds' }, typicalLengths: new Map() });
  const { characters, shown, counts } = work([storyOf('ann', story)]);
  expect([characters, shown.rows]).toEqual([[], 0]);
  expect(counts).toEqual([{ step: 'reply', reason: 'consent_denied', count: 1 }]);
});
