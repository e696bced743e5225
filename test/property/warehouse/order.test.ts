import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { EventRecord } from '../../../schemas/event-record.ts';
import { arbitraryDeliveries, arbitraryIdentities } from '../../support/arbitrary-events.ts';
import {
  deliver,
  openWarehouseFixture,
  viewRows,
  type WarehouseFixture,
} from '../../support/warehouse-fixture.ts';

/** A counterexample is made smaller for a while only: each case costs a second. */
const bounded = { interruptAfterTimeLimit: 100_000 };

let fixture: WarehouseFixture;
beforeAll(async () => {
  fixture = await openWarehouseFixture();
});
afterAll(() => fixture.close());

let apps = 0;
function newApp(): string {
  apps += 1;
  return `app-${String(apps)}`;
}

const views: readonly [name: string, orderBy: string][] = [
  ['sessions', 'annotator_id, session_id'],
  ['replies', 'annotator_id, reply_id'],
  ['annotator_days', 'annotator_id, day'],
  ['annotator_cohorts', 'annotator_id, day'],
  ['annotators', 'annotator_id'],
  ['app_clock', 'clock_ms'],
];

/** Every column of every derived table of an app, as text. */
async function derivedTables(app: string): Promise<string> {
  const tables = await Promise.all(
    views.map(async ([name, orderBy]) => [name, await viewRows(fixture.warehouse, name, orderBy, { app })]),
  );
  return JSON.stringify(Object.fromEntries(tables), undefined, 1);
}

async function repeatsOf(app: string): Promise<string> {
  return JSON.stringify(await viewRows(fixture.warehouse, 'repeats', 'place', { app }));
}

async function deliverTo(app: string, records: readonly EventRecord[], batchRows: number): Promise<void> {
  await deliver(
    fixture.warehouse,
    records.map((record) => ({ ...record, app })),
    { batchRows },
  );
}

test(
  'any order, repetition and batching of the same events gives the same tables',
  { timeout: 300_000 },
  async () => {
    const cases = arbitraryIdentities.chain((identities) =>
      fc.record({
        identities: fc.constant(identities),
        other: arbitraryDeliveries(identities),
        batchRows: fc.integer({ min: 7, max: 50 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ identities, other, batchRows }) => {
        const [plain, shuffled] = [newApp(), newApp()];
        await deliverTo(
          plain,
          identities.map(([first]) => first),
          1_000,
        );
        await deliverTo(shuffled, other, batchRows);
        expect(await derivedTables(shuffled)).toBe(await derivedTables(plain));
      }),
      { numRuns: 6, ...bounded },
    );
  },
);

test('replaying the whole log changes nothing', { timeout: 120_000 }, async () => {
  const cases = arbitraryIdentities.chain(arbitraryDeliveries);
  await fc.assert(
    fc.asyncProperty(cases, fc.integer({ min: 7, max: 50 }), async (records, batchRows) => {
      const app = newApp();
      await deliverTo(app, records, 1_000);
      const before = [await derivedTables(app), await repeatsOf(app)];
      await deliverTo(app, records, batchRows);
      expect([await derivedTables(app), await repeatsOf(app)]).toEqual(before);
    }),
    { numRuns: 3, ...bounded },
  );
});

test('apps with the same ids everywhere do not touch each other', { timeout: 120_000 }, async () => {
  const cases = fc.tuple(
    arbitraryIdentities.chain(arbitraryDeliveries),
    arbitraryIdentities.chain(arbitraryDeliveries),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ([ours, theirs]) => {
      const app = newApp();
      await deliverTo(app, ours, 1_000);
      const alone = [await derivedTables(app), await repeatsOf(app)];
      await deliverTo(newApp(), theirs, 1_000);
      expect([await derivedTables(app), await repeatsOf(app)]).toEqual(alone);
    }),
    { numRuns: 3, ...bounded },
  );
});
