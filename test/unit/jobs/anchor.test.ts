import { afterAll, beforeAll, expect, it } from 'vitest';

import { anchorReport } from '../../../schemas/anchor-report.ts';
import { anchorOf } from '../../../services/jobs/effects/anchor.ts';
import { effects } from '../../../services/jobs/effects/effects.ts';
import { openEventStore } from '../../support/event-store.ts';
import type { EventStore } from '../../support/event-store.ts';
import { story, unit } from '../../support/rated-story.ts';

const shape = { annotators: 14, sessions: 24 };
let fixture: EventStore;

/**
 * Rewards of two replies a session, as a build would write them; the outcome of a session holds `slope` times its mean
 * reward, less `harm` where the first reply is flagged.
 */
async function world(app: string, slope: number, harm: number): Promise<void> {
  const rewards: object[] = [];
  const added = new Map<string, number>();
  for (let g = 0; g < shape.annotators; g += 1)
    for (let s = 0; s < shape.sessions; s += 1) {
      const session = `${app} ${g} ${s}`;
      const flagged = unit(`${session} flag`) < 0.3;
      const replies = [0, 1].map((i) => 4 * (unit(`${session} reward ${i}`) - 0.5));
      replies.forEach((reward, i) =>
        rewards.push({
          ...{
            app,
            build_id: 'b1',
            annotator_id: `ann${g}`,
            turn_id: `${session} a${i}`,
            session_id: session,
          },
          ...{ group_id: session, reward, variance: 0.1, p_typical: 0.5, floor: 0 },
          ...{ floor_flag: i === 0 && flagged, first_alternative: i === 0 },
        }),
      );
      added.set(session, slope * ((replies[0] ?? 0) + (replies[1] ?? 0)) - (flagged ? harm : 0));
    }
  const events = story(app, shape).map((event) =>
    event.type === 'metric'
      ? { ...event, value: event.value + (added.get(event.session_id ?? '') ?? 0) }
      : event,
  );
  await fixture.store(app, events);
  await fixture.warehouse.insert(
    'reply_rewards',
    rewards.map((row) => JSON.stringify(row)).join('\n'),
    rewards.length,
  );
}

beforeAll(async () => {
  fixture = await openEventStore();
  await world('good', 1, 3);
  await world('flat', 0, 0);
  await world('bad', -1, -3);
  await fixture.store('silent', story('silent', { ...shape, metrics: () => [] }));
});
afterAll(() => fixture.close());

const anchor = async (app: string, buildId = 'b1') =>
  anchorReport.parse(
    await anchorOf({ warehouse: fixture.warehouse, app, cut: fixture.cut(), buildId, runId: 'anchor' }),
  );

it('tells whether better replies go with a better outcome, and flawed ones with a worse', async () => {
  const good = await anchor('good');
  expect(good).toMatchObject({
    anchor: { status: 'anchored', sessions: 336, annotators: 14 },
    shock: { status: 'harms', agrees: true },
  });
  expect(good.anchor.ci_low).toBeGreaterThan(0);
  expect(await anchor('bad')).toMatchObject({
    anchor: { status: 'negative' },
    shock: { status: 'helps', agrees: true },
  });
  expect(await anchor('flat')).toMatchObject({
    anchor: { status: 'unanchored' },
    shock: { status: 'unclear', agrees: null },
  });
});

it('says so without a metric and without rewards', async () => {
  expect(await anchor('silent')).toMatchObject({
    anchor: { status: 'unknown', estimate: null, says: 'The app has sent no metric to hold it against.' },
    shock: { status: 'unknown', agrees: null },
  });
  expect(await anchor('good', 'another')).toMatchObject({
    anchor: { status: 'unknown', says: 'No analysed session has a reply with a reward.' },
  });
});

it('leaves marked sessions and annotators out, and counts them', async () => {
  const rows = [
    { app: 'flat', build_id: 'b1', annotator_id: 'ann1', session_id: 'flat 1 2', rule: 'idle_tab' },
    { app: 'flat', build_id: 'b1', annotator_id: 'ann1', session_id: 'flat 1 2', rule: 'turns' },
    { app: 'flat', build_id: 'b1', annotator_id: 'ann3', session_id: '', rule: 'scripted' },
    { app: 'flat', build_id: 'b2', annotator_id: 'ann4', session_id: '', rule: 'scripted' },
  ];
  await fixture.warehouse.insert(
    'outlier_marks',
    rows.map((row) => JSON.stringify(row)).join('\n'),
    rows.length,
  );
  expect((await anchor('flat')).anchor).toMatchObject({ sessions: 311, annotators: 13 });
  const report = await effects({
    ...{ warehouse: fixture.warehouse, app: 'flat', cut: fixture.cut(), runId: 'marks', buildId: 'b1' },
    plan: { signals: [{ name: 'turns', tier: 1 }] },
  });
  expect(report).toMatchObject({ sessions: 311, dropped: [{ reason: 'outlier', count: 25 }] });
});
