import { describe, expect, it } from 'vitest';

import { eventTypes, wireEventValidator } from '../../../schemas/wire-event.ts';
import type { WireEvent } from '../../../schemas/wire-event.ts';
import { defects } from '../../../pipelines/worlds/texts/defects.ts';
import { sessionsSeen } from './session-table.ts';
import { smallOptions, worldOf } from './default-world.ts';

const world = worldOf(smallOptions);
const requests = [...world.requests()];
const deliveries = requests.flatMap(({ events, clockOffsetMs }) =>
  events.map((event) => ({ event, clockOffsetMs })),
);
const distinct = new Map(
  deliveries.map(({ event, clockOffsetMs }) => [event.event_id, { event, clockOffsetMs }]),
);
const events = [...distinct.values()].map(({ event }) => event);
const turns = new Map(events.filter((event) => event.type === 'turn').map((turn) => [turn.turn_id, turn]));

describe('the events of a world', () => {
  it('are wire events, of every type that a client sends', () => {
    for (const event of events) {
      const judged = wireEventValidator.safeParse(event);
      if (!judged.success) throw new Error(JSON.stringify(judged.error));
    }
    const types = new Set(events.map((event) => event.type));
    expect([...eventTypes].filter((type) => !types.has(type))).toEqual(['quality']);
  });

  it('come in requests ordered by time of sending, each after what it tells', () => {
    let before = 0;
    for (const { sentAtMs, clockOffsetMs, events: sent } of requests) {
      expect(sentAtMs).toBeGreaterThanOrEqual(before);
      before = sentAtMs;
      for (const event of sent)
        expect(Date.parse(event.occurred_at) - clockOffsetMs).toBeLessThanOrEqual(sentAtMs);
      expect(new Set(sent.map((event) => event.session_id)).size).toBe(1);
    }
  });

  it('say truly how many deliveries are repeats', () => {
    const repeats = requests.reduce((sum, request) => sum + request.repeats, 0);
    expect(repeats).toBeGreaterThan(0);
    expect(deliveries.length - distinct.size).toBe(repeats);
    for (const { event } of deliveries) expect(distinct.get(event.event_id)?.event).toEqual(event);
  });

  it('include wrong clocks, one for a session, and what arrives late or out of order', () => {
    const clocks = new Map<string, Set<number>>();
    for (const { event, clockOffsetMs } of deliveries) {
      const session = event.session_id ?? event.event_id;
      clocks.set(session, (clocks.get(session) ?? new Set()).add(clockOffsetMs));
    }
    expect([...clocks.values()].every((offsets) => offsets.size === 1)).toBe(true);
    const wrong = [...clocks.values()].filter((offsets) => !offsets.has(0)).length / clocks.size;
    expect(wrong).toBeGreaterThan(0.05);
    const place = new Map<string, number>();
    events.forEach((event, i) => {
      if (event.type === 'turn') place.set(event.turn_id, i);
    });
    const early = events.filter(
      (event, i) =>
        (event.type === 'like' || event.type === 'regenerate') && (place.get(event.turn_id) ?? -1) > i,
    );
    expect(early.length).toBeGreaterThan(0);
  });

  it('have ids ordered by the clock of their device', () => {
    for (const { event_id, occurred_at } of events) {
      expect(event_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(parseInt(event_id.slice(0, 8) + event_id.slice(9, 13), 16)).toBe(Date.parse(occurred_at));
    }
  });
});

describe('the conversations of a world', () => {
  it('are trees under a system turn, each within one annotator and conversation', () => {
    for (const turn of turns.values()) {
      expect(turn.parent_turn_id === null).toBe(turn.role === 'system');
      const parent = turn.parent_turn_id === null ? undefined : turns.get(turn.parent_turn_id);
      if (turn.parent_turn_id !== null && parent === undefined) throw new Error('a parent is missing');
      expect(parent?.annotator_id ?? turn.annotator_id).toBe(turn.annotator_id);
      expect(parent?.conversation_id ?? turn.conversation_id).toBe(turn.conversation_id);
      expect(parent?.character_id ?? turn.character_id).toBe(turn.character_id);
    }
  });

  it('are taken up again in later sessions at times', () => {
    const sessions = new Map<string, Set<string>>();
    for (const { conversation_id = '', session_id = '' } of turns.values()) {
      sessions.set(conversation_id, (sessions.get(conversation_id) ?? new Set()).add(session_id));
    }
    expect([...sessions.values()].some((ids) => ids.size > 1)).toBe(true);
  });

  it('have chains of regenerations: replacements are siblings, some chains are left', () => {
    const continued = new Set([...turns.values()].map((turn) => turn.parent_turn_id));
    let [told, longest] = [0, 0];
    const tries = new Map<string, string[]>();
    for (const event of events) {
      if (event.type !== 'regenerate') continue;
      const parent = turns.get(event.turn_id)?.parent_turn_id ?? '';
      tries.set(parent, [...(tries.get(parent) ?? []), event.turn_id]);
      longest = Math.max(longest, tries.get(parent)?.length ?? 0);
      if (event.replacement_turn_id === undefined) continue;
      told += 1;
      expect(turns.get(event.replacement_turn_id)?.parent_turn_id).toBe(parent);
    }
    expect(told).toBeGreaterThan(0);
    expect(longest).toBeGreaterThan(2);
    const replies = [...turns.values()].filter((turn) => turn.role === 'assistant');
    const left = [...tries].filter(([parent]) => {
      const siblings = replies.filter((turn) => turn.parent_turn_id === parent);
      return !siblings.some((sibling) => continued.has(sibling.turn_id));
    });
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThan(tries.size / 2);
  });

  it('measure the metric after the session has ended', () => {
    const sessions = sessionsSeen(requests).filter((seen) => seen.metric !== undefined);
    expect(sessions.length).toBeGreaterThan(50);
    for (const { metric, endMs } of sessions) expect(metric?.atMs).toBeGreaterThan(endMs);
  });
});

describe('what a world keeps to itself', () => {
  it('is in no event', () => {
    const text = JSON.stringify(events);
    for (const word of [
      'quality',
      'careless',
      'taste',
      'flatter',
      'perceived',
      ...defects.filter((d) => d.includes('_')),
    ]) {
      expect(text).not.toContain(`"${word}`);
    }
  });

  it('does not show in ids: their letters say nothing about defects', () => {
    const truths = [...world.turnTruths()];
    const faulty = truths.filter(({ defects: planted }) => planted.length > 0);
    expect(faulty.length).toBeGreaterThan(20);
    const meanFirst = (list: { turn_id: string }[]) =>
      list.reduce((sum, { turn_id }) => sum + parseInt(turn_id.charAt(3), 36), 0) / list.length;
    expect(Math.abs(meanFirst(faulty) - meanFirst(truths))).toBeLessThan((4 * 11) / Math.sqrt(faulty.length));
  });

  it('covers every reply in its truth, and no other turn', () => {
    const truths = [...world.turnTruths()].map(({ turn_id }) => turn_id);
    const replies = [...turns.values()]
      .filter((turn) => turn.role === 'assistant')
      .map((turn) => turn.turn_id);
    expect(truths.toSorted()).toEqual(replies.toSorted());
  });
});

describe('a seed', () => {
  const lines = (list: Iterable<{ events: WireEvent[] }>) =>
    [...list].map((request) => JSON.stringify(request));

  it('gives the same bytes each time, another seed another world', () => {
    expect(lines(worldOf(smallOptions).requests())).toEqual(lines(requests));
    expect(JSON.stringify(worldOf(smallOptions).truth())).toBe(JSON.stringify(world.truth()));
    const other = worldOf({ ...smallOptions, seed: 2 });
    expect(lines(other.requests())[0]).not.toBe(lines(requests)[0]);
  });

  it('stays when only the effects change: what people say and do is the same', () => {
    const other = worldOf({ ...smallOptions, effects: { main: { regenerate: 0.6 } } });
    const withoutMetric = (list: Iterable<{ events: WireEvent[] }>) =>
      [...list].flatMap((request) => request.events.filter((event) => event.type !== 'metric'));
    expect(withoutMetric(other.requests())).toEqual(withoutMetric(requests));
  });

  it('refuses options that make no world', () => {
    expect(() => worldOf({ annotators: 0 })).toThrow(RangeError);
    expect(() => worldOf({ days: 1.5 })).toThrow(RangeError);
    expect(() => worldOf({ startMs: 5 })).toThrow(RangeError);
  });
});
