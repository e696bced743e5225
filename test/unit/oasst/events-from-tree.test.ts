import { expect, test } from 'vitest';

import { eventsFromOasstTree } from '../../../pipelines/oasst/events-from-tree.ts';
import { oasstTree } from '../../../pipelines/oasst/oasst-tree.ts';
import type { OasstMessage } from '../../../pipelines/oasst/oasst-tree.ts';
import { wireEventValidator } from '../../../schemas/wire-event.ts';

const message = (
  message_id: string,
  role: OasstMessage['role'],
  rest: Partial<OasstMessage> = {},
): OasstMessage => ({ message_id, role, text: `text of ${message_id}`, replies: [], ...rest });

const answer = message('p2', 'prompter');
const tree = oasstTree.parse({
  message_tree_id: 'tree',
  prompt: message('p1', 'prompter', {
    replies: [
      message('a3', 'assistant', { rank: 0, emojis: { '+1': 3, '-1': 1 } }),
      message('a1', 'assistant', { rank: 1, replies: [answer] }),
      message('a2', 'assistant', { rank: 2, emojis: { '-1': 2, _skip_reply: 4 }, model_name: 'm' }),
    ],
  }),
});

const { events, ranks } = eventsFromOasstTree(tree);

test('every message is a turn of one annotator, each event valid and in order', () => {
  expect(events.every((event) => wireEventValidator.safeParse(event).success)).toBe(true);
  const turns = events.filter((event) => event.type === 'turn');
  expect(turns.map(({ turn_id, parent_turn_id, role }) => [turn_id, parent_turn_id, role])).toEqual([
    ['p1', null, 'user'],
    ['a2', 'p1', 'assistant'],
    ['a3', 'p1', 'assistant'],
    ['a1', 'p1', 'assistant'],
    ['p2', 'a1', 'user'],
  ]);
  expect(new Set(events.map((event) => event.annotator_id))).toEqual(new Set(['oasst:tree']));
  expect(new Set(events.map((event) => event.event_id)).size).toBe(events.length);
  const times = events.map((event) => event.occurred_at);
  expect(times).toEqual(times.toSorted());
});

test('the one reply that was talked on to is kept, the others were regenerated before it', () => {
  const regenerated = events.filter((event) => event.type === 'regenerate').map((event) => event.turn_id);
  expect(regenerated).toEqual(['a2', 'a3']);
});

test('a like has the sign of the net count, and the counts beside it', () => {
  const likes = events.filter((event) => event.type === 'like');
  expect(likes.map(({ turn_id, value, properties }) => [turn_id, value, properties])).toEqual([
    ['a2', -1, { likes: 0, dislikes: 2 }],
    ['a3', 1, { likes: 3, dislikes: 1 }],
  ]);
});

test('ranks are held back: no event and no order of events tells them', () => {
  expect(ranks).toHaveLength(3);
  expect(JSON.stringify(events)).not.toContain('rank');
  const prompt = { ...tree.prompt, replies: tree.prompt.replies.toReversed() };
  const other = eventsFromOasstTree({ ...tree, prompt });
  expect(other.events).toEqual(events);
});
