import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { alternativesOf } from '../../../pipelines/pairs/comparisons.ts';
import { historyFromEvents } from '../../../pipelines/pairs/history.ts';
import { pairsFromHistory } from '../../../pipelines/pairs/pairs-from-history.ts';
import type { History, Reply } from '../../../pipelines/pairs/history.ts';
import { eventsOfStory as storyEvents, storiesQuery } from '../../../pipelines/pairs/story.ts';
import type { Story } from '../../../pipelines/pairs/story.ts';
import type { WireEvent } from '../../../schemas/wire-event.ts';
import { openEventStore } from '../../support/event-store.ts';
import type { EventStore } from '../../support/event-store.ts';

/** Stories over few ids, so that replies meet, chains form, parents are missing and cycles close. */
const turnId = fc.constantFrom('t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7');
const deed = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('turn' as const),
      turn_id: turnId,
      parent_turn_id: fc.oneof({ weight: 3, arbitrary: fc.constant('t0') }, fc.constant(null), turnId),
      role: fc.constantFrom('user', 'assistant', 'assistant', 'tool'),
      content: fc.constantFrom('one', 'two', 'three', 'four', 'fünf', ' '),
      conversation_id: fc.constantFrom('c', 'c', 'c', 'd'),
      reply_id: fc.option(fc.constantFrom('r0', 'r1'), { nil: undefined, freq: 6 }),
      context: fc.option(
        fc.constantFrom({ id: 'x' }, { id: 'x', messages: [{ role: 'user', content: 'sent' }] }),
        {
          nil: undefined,
          freq: 6,
        },
      ),
    }),
  },
  fc.record({
    type: fc.constant('regenerate' as const),
    turn_id: turnId,
    replacement_turn_id: fc.option(turnId, { nil: undefined }),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('like' as const),
      turn_id: turnId,
      value: fc.constantFrom(1, -1, 0),
    }),
  },
  fc.record({
    type: fc.constant('choose' as const),
    turn_id: turnId,
    over: fc.array(turnId, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant('edit' as const),
    turn_id: turnId,
    content: fc.constantFrom('one', 'edited'),
  }),
  fc.record({ type: fc.constant('retract' as const), turn_id: turnId }),
);
const question = {
  type: 'turn',
  turn_id: 't0',
  parent_turn_id: null,
  role: 'user',
  content: 'zero',
  conversation_id: 'c',
} as const;
const stories = fc.array(deed, { minLength: 15, maxLength: 40 }).map((deeds) => [question, ...deeds]);

/** Drawn, not shrunk: all stories are stored at once, because a query costs more than a story. */
const drawn = fc.sample(stories, { numRuns: 300, seed: 7 });

interface StoredReply {
  readonly annotator_id: string;
  readonly turn_ids: readonly string[];
}

let store: EventStore;
let histories: History[];
let repliesOfView: Map<string, StoredReply[]>;

beforeAll(async () => {
  store = await openEventStore();
  await store.store('default', drawn.flatMap(eventsOfStory));
  const asOf = { app: 'default', places: store.cut().places };
  const range = { first_annotator: '', last_annotator: '~', annotators: drawn.length };
  const read = await store.warehouse.query<Story>(storiesQuery(asOf, range));
  histories = read.map((story) => historyFromEvents(storyEvents(story)));
  const replies = await store.warehouse.query<StoredReply>({
    sql: `SELECT annotator_id, turn_ids, alternatives_of, regenerations > 0 AS discarded, last_like, retracted, continued, edited
      FROM replies(app = 'default', cut = {cut:Array(UInt64)}) ORDER BY annotator_id, turn_ids`,
    parameters: { cut: asOf.places },
  });
  repliesOfView = Map.groupBy(replies, ({ annotator_id }) => annotator_id);
});
afterAll(() => store.close());

function eventsOfStory(deeds: (typeof drawn)[number], index: number): WireEvent[] {
  return deeds.map((fields, seq) => {
    const event_id = `00000000-0000-4000-8000-${String(index * 100 + seq).padStart(12, '0')}`;
    const annotator_id = `ann${String(index).padStart(4, '0')}`;
    const every = { annotator_id, session_id: 's', occurred_at: '2025-01-01T00:00:00Z', seq, event_id };
    return JSON.parse(JSON.stringify({ ...every, ...fields })) as WireEvent;
  });
}

test('replies are those of the view, in every column that both have', () => {
  expect(histories).toHaveLength(drawn.length);
  for (const history of histories) {
    const folded = history.replies.map((reply) => ({
      annotator_id: history.annotatorId,
      turn_ids: reply.bubbles.map(({ id }) => id),
      alternatives_of: alternativesOf(reply),
      discarded: Number(reply.discarded),
      last_like: reply.like,
      retracted: reply.retracted,
      continued: reply.continued || isAnsweredByRetracted(history, reply),
      edited: reply.bubbles.some(({ edits }) => edits.length > 0),
    }));
    expect(byTurns(folded)).toEqual(byTurns(repliesOfView.get(history.annotatorId) ?? []));
  }
});

/** An answer that was taken back continues nothing here; the view counts it. */
function isAnsweredByRetracted(history: History, reply: Reply): boolean {
  return [...history.turns.values()].some(
    ({ id, role, parentId }) =>
      role === 'user' &&
      history.retractedTurns.has(id) &&
      reply.bubbles.some((bubble) => bubble.id === parentId),
  );
}

function byTurns<Row extends { readonly turn_ids: readonly string[] }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (a.turn_ids.join() < b.turn_ids.join() ? -1 : 1));
}

test('pairs compare alternatives, no two replies twice, nothing retracted, and no drop is listed twice', () => {
  let compared = 0;
  for (const history of histories) {
    const { pairs, drops } = pairsFromHistory(history, { app: 'default', crossModel: false });
    compared += pairs.length;
    const pairIds = pairs.map(({ chosenTurnId, rejectedTurnId }) =>
      [chosenTurnId, rejectedTurnId].toSorted().join(),
    );
    const dropIds = drops.map(({ turnId, otherTurnId }) => [turnId, otherTurnId].join());
    expect(new Set(pairIds).size).toBe(pairIds.length);
    expect(new Set(dropIds).size).toBe(dropIds.length);
    for (const pair of pairs) {
      const [chosen, rejected] = [pair.chosenTurnId, pair.rejectedTurnId].map((id) =>
        history.replyOf.get(id),
      );
      expect(chosen && alternativesOf(chosen)).toBe(rejected && alternativesOf(rejected));
      expect(chosen?.retracted).toBe(false);
      expect(pair.source === 'edit').toBe(chosen === rejected);
      expect(pair.chosen).not.toBe(pair.rejected);
    }
  }
  expect(compared).toBeGreaterThan(50);
});
