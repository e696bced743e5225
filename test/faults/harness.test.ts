/**
 * A quick size of `npm run test:faults`: a seed of each part, and a guard switched off, which must be found. With
 * TACIT_TEST_FULL=1 each guard, two of which need the machine's timing to show.
 */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { missingForKafka } from '../../infra/kafka/fetch-jars.ts';
import type { Warehouse } from '../../services/engines/warehouse/warehouse.ts';
import { full } from '../support/full-size.ts';
import { describeWith } from '../support/requires.ts';
import { runSeed, type SeedOptions, type SeedResult } from './harness/run-seed.ts';
import type { FaultKind, Part, PlannedFault } from './harness/schedule.ts';
import { openStand, type Stand } from './harness/stand.ts';

const missing = await missingForKafka();
const seed = Number(process.env['TACIT_TEST_SEED'] ?? 1);

describeWith(missing === undefined ? { address: 'its own' } : { missing }, 'faults on every part', () => {
  // Some ten seconds on a quiet machine.
  vi.setConfig({ testTimeout: 240_000 });
  let stand: Stand;
  beforeAll(async () => {
    stand = await openStand();
    await stand.kafka.renew();
  });
  afterAll(() => stand.close());

  const run = async (part: Part, options: Partial<SeedOptions> = {}): Promise<SeedResult> => {
    const result = await runSeed(stand, { part, seed, ...options });
    const { acknowledged, retried, columns, faults } = result;
    console.info(
      `${part} seed ${String(seed)}: ${String(acknowledged)} acknowledged, ${String(retried)} requests retried, ${String(columns)} columns compared [${faults.join(' ')}]`,
    );
    return result;
  };

  it('ingest and stratify killed, stopped, doubled and cut off: nothing lost, nothing doubled', async () => {
    const results = await Promise.all([run('ingest'), run('stratify')]);
    for (const result of results) {
      expect(result).toMatchObject({ lost: 0, doubled: 0, faults_found: [] });
      expect(result.acknowledged).toBeGreaterThan(400);
    }
  });

  it.each(['broker', 'warehouse'] as const)(
    '%s killed and cut off: nothing lost, nothing doubled',
    async (part) => {
      expect(await run(part)).toMatchObject({ lost: 0, doubled: 0, faults_found: [] });
    },
  );

  it.runIf(full)('finds what an idempotent producer acknowledges and never writes', async () => {
    const { faults_found: found } = await run('ingest', {
      plants: ['quick', 'idempotent-producer'],
      faults: at('cut-answers', 2_000, 300),
      // Batches of one request, all of one size; with others the client is stuck for ever.
      requestsPerSecond: 10,
      patienceMs: 15_000,
    });
    expect(found.join('\n')).toMatch(/acknowledged and not in the log/);
  });

  it.runIf(full)('finds what is lost when progress is written before the rows', async () => {
    const { faults_found: found } = await run('stratify', {
      plants: ['quick', 'progress-before-rows'],
      faults: at('kill', 0, 400, 1_000, 1_600, 2_200),
    });
    expect(found.join('\n')).toMatch(/acknowledged and not in the warehouse/);
  });

  it('finds what a materialised sum counts twice', async () => {
    await stand.clickhouse.faults({ cutTable: 'events' });
    const { faults_found: found } = await run('warehouse', {
      faults: at('cut-answers', 0, 300, 1_200, 2_100),
      afterMigration: materialisedSum,
      alsoFind: sumsBesideRows,
    });
    await stand.clickhouse.faults({ cutTable: '' });
    expect(found).toEqual([expect.stringMatching(/^the sum says \d+ deliveries, there are \d+$/)]);
  });
});

function at(kind: FaultKind, forMs: number, ...times: readonly number[]): PlannedFault[] {
  // Of processes each in turn; of answers one at a time.
  return times.map((atMs, index) => ({ atMs, kind, forMs, pick: kind === 'kill' ? index : 0 }));
}

async function materialisedSum(warehouse: Warehouse): Promise<void> {
  await warehouse.command({
    sql: 'CREATE TABLE delivery_sums (app String, deliveries UInt64) ENGINE = SummingMergeTree ORDER BY app',
  });
  await warehouse.command({
    sql: 'CREATE MATERIALIZED VIEW summed TO delivery_sums AS SELECT app, count() AS deliveries FROM events GROUP BY app',
  });
}

async function sumsBesideRows(warehouse: Warehouse, app: string): Promise<string[]> {
  const [row] = await warehouse.query<{ summed: number; there: number }>({
    sql: `SELECT (SELECT sum(deliveries) FROM delivery_sums WHERE app = {app:String}) AS summed,
      (SELECT count() FROM deliveries FINAL WHERE app = {app:String}) AS there`,
    parameters: { app },
  });
  return row?.summed === row?.there
    ? []
    : [`the sum says ${String(row?.summed)} deliveries, there are ${String(row?.there)}`];
}
