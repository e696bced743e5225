import { expect, it } from 'vitest';

import { sessionsSeen } from './session-table.ts';
import { worldOf } from './default-world.ts';
import type { SeenSession } from './session-table.ts';

const world = worldOf();
const requests = [...world.requests()];
const events = new Map(
  requests.flatMap((request) => request.events.map((event) => [event.event_id, event] as const)),
);
const quality = new Map([...world.turnTruths()].map((turn) => [turn.turn_id, turn.quality]));
const careless = new Set(world.truth().careless_annotators);

it('has about 100,000 events', () => {
  expect(events.size).toBeGreaterThan(80_000);
  expect(events.size).toBeLessThan(120_000);
});

it('keeps better replies than it discards, about as often as the method was measured on; the careless do not', () => {
  const parents = new Map<string, string>();
  const continued = new Set<string>();
  const siblings = new Map<string, string[]>();
  const discarded: { turnId: string; annotatorId: string }[] = [];
  for (const event of events.values()) {
    if (event.type === 'turn' && event.parent_turn_id !== null) {
      continued.add(event.parent_turn_id);
      if (event.role !== 'assistant') continue;
      parents.set(event.turn_id, event.parent_turn_id);
      siblings.set(event.parent_turn_id, [...(siblings.get(event.parent_turn_id) ?? []), event.turn_id]);
    } else if (event.type === 'regenerate') {
      discarded.push({ turnId: event.turn_id, annotatorId: event.annotator_id });
    }
  }
  const seen = { careful: [0, 0], careless: [0, 0] };
  for (const { turnId, annotatorId } of discarded) {
    const kept = siblings.get(parents.get(turnId) ?? '')?.find((sibling) => continued.has(sibling));
    if (kept === undefined || kept === turnId) continue;
    const tally = careless.has(annotatorId) ? seen.careless : seen.careful;
    tally[0] = (tally[0] ?? 0) + Number((quality.get(kept) ?? 0) > (quality.get(turnId) ?? 0));
    tally[1] = (tally[1] ?? 0) + 1;
  }
  const [careful, all] = [seen.careful, [0, 1].map((i) => (seen.careful[i] ?? 0) + (seen.careless[i] ?? 0))];
  const share = ([right = 0, total = 0]: number[]) => right / total;
  expect(all[1]).toBeGreaterThan(4000);
  expect(share(all)).toBeGreaterThan(0.76);
  expect(share(all)).toBeLessThan(0.83);
  expect(share(careful)).toBeGreaterThan(share(all));
  expect(Math.abs(share(seen.careless) - 0.5)).toBeLessThan(0.1);
});

it('reaches every cohort of the design, judged from closed days only', () => {
  const reached = new Set(cohortsOf(sessionsSeen(requests)));
  const all = ['new', 'casual', 'regular', 'power'].flatMap((activity) =>
    ['rater', 'regenerator', 'talker', 'lurker'].map((preference) => `${activity}/${preference}`),
  );
  expect(all.filter((cohort) => !reached.has(cohort))).toEqual([]);
});

it('has popular and niche characters, and annotators who keep to a niche one', () => {
  const turns = new Map<string, Map<string, number>>();
  const perCharacter = new Map<string, number>();
  for (const event of events.values()) {
    if (event.type !== 'turn' || event.role !== 'user' || event.character_id === undefined) continue;
    const own = turns.get(event.annotator_id) ?? new Map<string, number>();
    turns.set(event.annotator_id, own);
    own.set(event.character_id, (own.get(event.character_id) ?? 0) + 1);
    perCharacter.set(event.character_id, (perCharacter.get(event.character_id) ?? 0) + 1);
  }
  const ranked = [...perCharacter].sort((a, b) => b[1] - a[1]);
  const total = ranked.reduce((sum, [, count]) => sum + count, 0);
  expect(ranked.length).toBe(23);
  const niche = ranked.slice(-8);
  expect(ranked[0]?.[1]).toBeGreaterThan(total * 0.08);
  expect(niche.reduce((sum, [, count]) => sum + count, 0)).toBeLessThan(total * 0.2);
  const loyal = [...turns.values()].filter((own) => {
    const all = [...own.values()].reduce((sum, count) => sum + count, 0);
    return all >= 20 && niche.some(([id]) => (own.get(id) ?? 0) > all * 0.7);
  });
  expect(loyal.length).toBeGreaterThan(8);
});

/** Cohorts by design.md, from corrected UTC days before each session's own. */
function cohortsOf(sessions: SeenSession[]): string[] {
  const dayOf = (seen: SeenSession) => Math.floor(seen.startMs / 86_400_000);
  const total = (list: SeenSession[], of: (seen: SeenSession) => number) =>
    list.reduce((sum, seen) => sum + of(seen), 0);
  const rates = (list: SeenSession[]) => ({
    replies: total(list, (seen) => seen.replies),
    rater: total(list, (seen) => seen.reactions) / total(list, (seen) => seen.replies),
    regenerator: total(list, (seen) => seen.regenerations) / total(list, (seen) => seen.replies),
    talker: total(list, (seen) => seen.userTurns) / list.length,
  });
  const app = rates(sessions);
  return sessions.map((session) => {
    const own = sessions.filter((seen) => seen.annotatorId === session.annotatorId);
    const first = Math.min(...own.map(dayOf));
    const before = own.filter((seen) => dayOf(seen) < dayOf(session));
    const since = dayOf(session) - first;
    const active = new Set(before.map(dayOf)).size / Math.min(28, Math.max(1, since));
    const activity = since < 7 ? 'new' : active < 0.15 ? 'casual' : active < 0.5 ? 'regular' : 'power';
    const mine = rates(before);
    if (mine.replies < 20) return `${activity}/lurker`;
    const lifts = (['rater', 'regenerator', 'talker'] as const).map(
      (name) => [mine[name] / app[name], name] as const,
    );
    const [lift, name] = lifts.reduce((best, one) => (one[0] > best[0] ? one : best));
    return `${activity}/${lift >= 1.25 ? name : 'lurker'}`;
  });
}
