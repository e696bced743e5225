import { describe, expect, test } from 'vitest';

import { historyFromEvents } from '../../../pipelines/pairs/history.ts';
import { pairsFromHistory } from '../../../pipelines/pairs/pairs-from-history.ts';
import type { ConversationEvent } from '../../../pipelines/pairs/queries.ts';
import { createStory } from '../../support/story.ts';
import type { Story } from '../../support/story.ts';

function built(story: Story, crossModel = false) {
  const history = historyFromEvents(story.events as [ConversationEvent, ...ConversationEvent[]]);
  return pairsFromHistory(history, { app: 'app', crossModel });
}

/** `better>worse source` of each pair, and `better/worse reason` of each drop. */
function told(story: Story, crossModel = false) {
  const { pairs, drops } = built(story, crossModel);
  return [
    ...pairs.map((pair) => `${pair.chosenTurnId}>${pair.rejectedTurnId} ${pair.sources.join('+')}`),
    ...drops.map((drop) => `${drop.turnId}/${drop.otherTurnId} ${drop.reason}`),
  ];
}

const asked = () => createStory().user('u', '');

describe('deeds', () => {
  test('a kept reply beats each that was regenerated before it, not those among each other', () => {
    const story = asked()
      .reply('a', 'u')
      .regenerate('a')
      .reply('b', 'u')
      .regenerate('b')
      .reply('k', 'u')
      .user('v', 'k');
    expect(told(story)).toEqual(['k>a regenerate', 'k>b regenerate']);
  });

  test('what was answered and then regenerated after all was not kept', () => {
    const story = asked().reply('a', 'u').regenerate('a').reply('b', 'u').user('v', 'b').regenerate('b');
    expect(told(story.reply('k', 'u').user('w', 'k'))).toEqual(['k>a regenerate', 'k>b regenerate']);
  });

  test('an abandoned chain gives nothing', () => {
    const story = asked().reply('a', 'u').regenerate('a').reply('b', 'u');
    expect(told(story)).toEqual(['b/a not_continued']);
  });

  test('an answer that was taken back continues nothing', () => {
    const story = asked().reply('a', 'u').regenerate('a').reply('b', 'u').user('v', 'b').retract('v');
    expect(told(story)).toEqual(['b/a not_continued']);
  });

  test('a regenerated reply with nothing after it', () => {
    expect(told(asked().reply('a', 'u').regenerate('a'))).toEqual(['a/ no_alternative']);
  });

  test('the replacement that was named counts, also when its clock says before', () => {
    const story = asked().reply('b', 'u').reply('a', 'u').regenerate('a', 'b').user('v', 'b');
    expect(told(story)).toEqual(['b>a regenerate']);
  });

  test('of likes the last counts, 0 is none, equals tie', () => {
    const story = asked().reply('a', 'u').reply('b', 'u').reply('c', 'u').reply('d', 'u');
    story.like('a', -1).like('a', 1).like('b', 1).like('b', 0).like('c', -1).like('d', 1);
    expect(told(story)).toEqual(['a>c like', 'd>c like', 'd/a tie']);
  });

  test('a choice beats what it was chosen over, once however often it was said', () => {
    const story = asked()
      .reply('a', 'u')
      .reply('b', 'u')
      .reply('c', 'u')
      .choose('b', 'a', 'c')
      .choose('b', 'a');
    expect(told(story)).toEqual(['b>a choose', 'b>c choose']);
  });

  test('a rewritten reply beats the original, with the last text', () => {
    const story = asked().reply('a', 'u').edit('a', 'first').edit('a', 'second').edit('u', 'edited question');
    const [pair] = built(story).pairs;
    expect(pair).toMatchObject({ source: 'edit', chosenTurnId: 'a', rejectedTurnId: 'a' });
    expect(pair).toMatchObject({ chosen: 'second', rejected: 'reply a' });
    expect(pair?.prompt).toEqual([{ role: 'user', content: 'user u' }]);
  });

  test('several deeds of one mind are one pair, of two minds none', () => {
    const story = asked().reply('a', 'u').regenerate('a').reply('b', 'u').user('v', 'b').choose('b', 'a');
    expect(told(story.like('a', -1).like('b', 1))).toEqual(['b>a choose+like+regenerate']);
    expect(told(story.like('a', 1).like('b', -1))).toEqual(['b/a deed_contradicted']);
  });

  test('feedback may come before its turn', () => {
    const story = createStory().like('a', 1).choose('a', 'c').regenerate('b');
    story.user('u', '').reply('b', 'u').like('b', -1).reply('c', 'u').reply('a', 'u').user('v', 'a');
    expect(told(story)).toEqual(['a>c choose', 'a>b like+regenerate']);
  });
});

describe('only alternatives are compared', () => {
  test('another place', () => {
    const story = asked()
      .reply('a', 'u')
      .user('v', 'a')
      .reply('b', 'v')
      .choose('b', 'a', 'u')
      .choose('b', 'b');
    expect(told(story)).toEqual(['b/u not_alternatives', 'b/ not_alternatives', 'b/a not_alternatives']);
  });

  test.each([
    ['conversation', { conversation_id: 'other' }],
    ['character', { character_id: 'other' }],
  ])('another %s', (_, rest) => {
    const story = asked().reply('a', 'u', rest).reply('b', 'u').choose('b', 'a').like('a', -1).like('b', 1);
    expect(told(story)).toEqual(['b/a not_alternatives']);
  });

  test('another context in the same place', () => {
    const sent = { context_id: 'x', context_messages: '[{"role":"user","content":"given"}]' };
    const story = asked().reply('a', 'u').regenerate('a').reply('b', 'u', sent).user('v', 'b');
    expect(told(story)).toEqual(['b/a unequal_context']);
  });

  test('the prompt was edited between the two', () => {
    const story = asked()
      .reply('a', 'u')
      .regenerate('a')
      .edit('u', 'better asked')
      .reply('b', 'u')
      .user('v', 'b');
    expect(told(story)).toEqual(['b/a unequal_context']);
  });

  test('without a parent they share the root of their conversation, but there is no prompt to train on', () => {
    const story = createStory()
      .reply('a', '')
      .regenerate('a')
      .reply('b', '')
      .user('v', 'b')
      .reply('c', '', { conversation_id: 'd' });
    expect(told(story)).toEqual(['b/a empty_prompt']);
  });
});

describe('the prompt', () => {
  const promptOf = (story: Story) => {
    const [pair] = built(story).pairs;
    return { source: pair?.contextSource, messages: pair?.prompt };
  };

  test('is the path from the root, each text as it stood, bubbles as one message', () => {
    const story = createStory()
      .turn('card', '', { role: 'system', content: 'You are a fox.' })
      .user('u', 'card');
    story.reply('r1', 'u', { reply_id: 'r' }).reply('r2', 'r1', { reply_id: 'r' }).edit('r2', 'rewritten');
    story.user('v', 'r1').turn('t', 'v', { role: 'tool', content: '42' });
    story.reply('a', 't').edit('v', 'too late').reply('b', 't').edit('u', 'too late').choose('b', 'a');
    expect(told(story)[0]).toBe('r1>r1 edit');
    expect(told(story)).toContain('b/a unequal_context');
    story.events.splice(
      story.events.findIndex((event) => event.type === 'edit' && event.turn_id === 'v'),
      1,
    );
    const pair = built(story).pairs.find(({ chosenTurnId }) => chosenTurnId === 'b');
    expect(pair?.prompt).toEqual([
      { role: 'system', content: 'You are a fox.' },
      { role: 'user', content: 'user u' },
      { role: 'assistant', content: 'reply r1\nrewritten' },
      { role: 'user', content: 'user v' },
      { role: 'tool', content: '42' },
    ]);
  });

  test('is what was sent, also when another turn carried the messages', () => {
    const messages = [
      {
        role: 'system',
        content: [
          { type: 'text', text: 'one' },
          { type: 'text', text: 'two' },
        ],
      },
    ];
    const story = asked().user('w', 'u', { context_id: 'x', context_messages: JSON.stringify(messages) });
    story.reply('a', 'u', { context_id: 'x' }).reply('b', 'u', { context_id: 'x' }).choose('a', 'b');
    expect(promptOf(story)).toEqual({ source: 'sent', messages: [{ role: 'system', content: 'one\ntwo' }] });
  });

  test('is missing when the messages never came', () => {
    const story = asked()
      .reply('a', 'u', { context_id: 'x' })
      .reply('b', 'u', { context_id: 'x' })
      .choose('a', 'b');
    expect(told(story)).toEqual(['a/b context_missing']);
  });

  test('needs a sound tree', () => {
    expect(told(createStory().reply('a', 'u').reply('b', 'u').choose('a', 'b'))).toEqual([
      'a/b missing_parent',
    ]);
    expect(
      built(createStory().reply('a', 'u').reply('b', 'u').choose('a', 'b')).drops[0]?.missingTurnId,
    ).toBe('u');
    const loop = createStory().user('u', 'w').user('w', 'u').reply('a', 'u').reply('b', 'u').choose('a', 'b');
    expect(told(loop)).toEqual(['a/b cycle']);
    expect(told(createStory().reply('a', 'a').reply('b', 'a').choose('a', 'b'))).toEqual(['a/b cycle']);
  });

  test.each([
    [999, 'a>b choose'],
    [1000, 'a/b too_deep'],
  ])('after %i turns', (turns, expected) => {
    const story = createStory();
    for (let turn = 0; turn < turns; turn += 1)
      story.user(`u${String(turn)}`, turn === 0 ? '' : `u${String(turn - 1)}`);
    const last = `u${String(turns - 1)}`;
    expect(told(story.reply('a', last).reply('b', last).choose('a', 'b'))).toEqual([expected]);
  });
});

describe('refused', () => {
  const compared = (a = {}, b = {}) => asked().reply('a', 'u', a).reply('b', 'u', b).choose('a', 'b');

  test('consent denied, also when it comes late; a minor; the last word counts', () => {
    expect(told(compared().annotator({ training: 'denied' }))).toEqual(['a/b consent_denied']);
    expect(told(compared().annotator({ minor: 'yes' }))).toEqual(['a/b minor']);
    const mended = compared()
      .annotator({ training: 'denied', minor: 'yes' })
      .annotator({ training: 'allowed', minor: 'no' });
    expect(told(mended)).toEqual(['a>b choose']);
  });

  test('retracted, or hanging on what was', () => {
    expect(told(compared().retract('a'))).toEqual(['a/b retracted']);
    expect(told(compared().retract('b'))).toEqual(['a/b retracted']);
    expect(told(compared().retract('u'))).toEqual(['a/b retracted']);
  });

  test('other model versions, unless asked for; one unknown version is no other', () => {
    const story = compared({ model_version: '1' }, { model_version: '2' });
    expect(told(story)).toEqual(['a/b other_model_version']);
    expect(told(story, true)).toEqual(['a>b choose']);
    expect(told(compared({ model_version: '1' }))).toEqual(['a>b choose']);
  });

  test('cut short', () => {
    expect(told(compared({ finish_reason: 'stop' }))).toEqual(['a>b choose']);
    expect(told(compared({ finish_reason: 'length' }))).toEqual(['a/b not_stop']);
    expect(told(compared({}, { finish_reason: 'cancelled' }))).toEqual(['a/b not_stop']);
  });

  test('nothing in it, or nothing different', () => {
    expect(told(compared({ content: ' \n' }))).toEqual(['a/b empty_text']);
    expect(told(compared({ content: 'caf\u00e9  au lait' }, { content: 'cafe\u0301 au lait ' }))).toEqual([
      'a/b same_text',
    ]);
  });

  test('a deed on a turn that was not sent', () => {
    const story = asked()
      .reply('a', 'u')
      .like('x', 1)
      .regenerate('y')
      .choose('a', 'z')
      .choose('w', 'a')
      .regenerate('a', 'v');
    expect(told(story).toSorted()).toEqual(
      [
        'a/z missing_turn',
        'w/ missing_turn',
        'a/v missing_turn',
        'x/ missing_turn',
        'y/ missing_turn',
      ].toSorted(),
    );
  });

  test('of two turns with one id the first in order counts', () => {
    const story = asked()
      .reply('a', 'u')
      .reply('a', 'u', { content: 'again' })
      .reply('b', 'u')
      .choose('a', 'b');
    expect(built(story).pairs[0]?.chosen).toBe('reply a');
  });

  test('more rated alternatives than are compared', () => {
    const story = asked();
    for (let at = 0; at < 66; at += 1) story.reply(String(at), 'u').like(String(at), 1);
    const drops = built(story).drops.map(({ reason }) => reason);
    expect(drops.filter((reason) => reason === 'group_too_large')).toHaveLength(2);
    expect(drops.filter((reason) => reason === 'tie')).toHaveLength((64 * 63) / 2);
  });
});

test('ids do not move with later deeds', () => {
  const story = asked()
    .reply('a', 'u')
    .regenerate('a')
    .reply('b', 'u')
    .regenerate('b')
    .reply('k', 'u')
    .user('v', 'k');
  const before = built(story).pairs;
  const after = built(story.like('k', 1).like('a', -1)).pairs;
  expect(after.map(({ pairId }) => pairId).toSorted()).toEqual(before.map(({ pairId }) => pairId).toSorted());
});
