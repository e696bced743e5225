import { afterAll, beforeAll, expect, test } from 'vitest';

import { fixCut } from '../../../services/jobs/cut.ts';
import { restated } from '../../../services/jobs/restated.ts';
import { inOrderStream } from '../../support/in-order-stream.ts';
import { openStratifierFixture, type StratifierFixture } from '../../support/stratifier-fixture.ts';

let fixture: StratifierFixture;
beforeAll(async () => {
  fixture = await openStratifierFixture();
});
afterAll(() => fixture.close());

const settings = { maxRowsPerChunk: 700, maxChunkAgeMs: 0, annotatorsKept: 8 };

async function cohortsOf(app: string): Promise<number> {
  const [row] = await fixture.warehouse.query<{ cohorts: number }>({
    sql: 'SELECT uniqExact(cohort) AS cohorts FROM cohort_stamps WHERE app = {app:String}',
    parameters: { app },
  });
  return row?.cohorts ?? 0;
}

test('on a stream in order of time each stamp is the cohort of the view, across restarts and forgetting', async () => {
  const events = [...inOrderStream({ annotators: 24, days: 36, app: 'ordered' })];
  const restarts = [0, 0.2, 0.45, 0.451, 0.7, 1].map((share) => Math.floor(share * events.length));
  for (const [index, from] of restarts.entries()) {
    await fixture.append(events.slice(from, restarts[index + 1] ?? from));
    await fixture.takeIn({ settings });
  }
  const cut = await fixCut(fixture.warehouse, 'ordered');
  const answer = await restated(fixture.warehouse, 'ordered', cut);
  // Metrics on a day without anything else have a stamp, but no row in the view.
  expect(answer.stamped).toBeGreaterThan(events.length * 0.99);
  expect(answer.restated).toBe(0);
  expect(await cohortsOf('ordered')).toBeGreaterThanOrEqual(8);
});

test('a day that comes late restates stamps, and the share of them is told', async () => {
  const events = [...inOrderStream({ annotators: 10, days: 12, app: 'late' })];
  const third = Math.floor(events.length / 3);
  await fixture.append([...events.slice(third), ...events.slice(0, third)]);
  await fixture.takeIn({ settings });
  const { stamped, restated: changed } = await restated(
    fixture.warehouse,
    'late',
    await fixCut(fixture.warehouse, 'late'),
  );
  expect(changed).toBeGreaterThan(0);
  expect(changed).toBeLessThan(stamped);
});
