import type { Warehouse } from '../../../services/engines/warehouse/warehouse.ts';
import { compareTables, readTables } from './compare-tables.ts';
import { differingSessions, sessionCounts } from './journal-counts.ts';
import { judgeLog, type SentTelemetry } from './judge-log.ts';
import type { Poison } from './poison.ts';
import { readLog } from './read-log.ts';

export interface VerifyOptions extends SentTelemetry {
  readonly broker: string;
  readonly topic: string;
  readonly warehouse: Warehouse;
  /** Another warehouse, filled here from what was sent. */
  readonly expected: Warehouse;
  readonly poison: Poison;
}

export interface Verdict {
  /** Distinct events that were answered with 202. */
  readonly acknowledged: number;
  /** Of these, not in the warehouse. */
  readonly lost: number;
  /** Rows that an identity has more than one of. */
  readonly doubled: number;
  /** Tables' columns compared, row by row. */
  readonly columns: number;
  /** Everything that is not as it should be, in words; empty is a pass. */
  readonly faults_found: readonly string[];
}

/** Holds the log and every table against what was sent and acknowledged. */
export async function verifySeed(options: VerifyOptions): Promise<Verdict> {
  const { app, journal, warehouse, expected, poison } = options;
  const log = (await readLog(options.broker, options.topic)).filter(({ record }) => record.app === app);
  const judged = judgeLog(log, options);
  const lines = judged.rows.map((row) => JSON.stringify(row));
  if (lines.length > 0) await expected.insert('events', lines.join('\n'), lines.length);

  const acknowledged = new Set(journal.flatMap(({ eventIds }) => eventIds));
  const stored = await warehouse.query<{ id: string; copies: number }>({
    sql: `SELECT toString(event_id) AS id, count() AS copies FROM events FINAL
      WHERE app = {app:String} GROUP BY annotator_id, event_id`,
    parameters: { app },
  });
  const present = new Set(stored.map(({ id }) => id));
  const lost = [...acknowledged].filter((id) => !present.has(id)).length;
  const doubled = stored.reduce((sum, { copies }) => sum + copies - 1, 0);
  const [actually, asExpected] = await Promise.all([readTables(app, warehouse), readTables(app, expected)]);
  const tables = compareTables(actually, asExpected);
  const sessions = await differingSessions(app, warehouse, sessionCounts(judged.first));
  const letters = await missingLetters(options);

  const some = (what: string, list: readonly string[]) =>
    list.length === 0 ? [] : [`${String(list.length)} ${what}: ${list.slice(0, 5).join(', ')}`];
  return {
    acknowledged: acknowledged.size,
    lost,
    doubled,
    columns: tables.columns,
    faults_found: [
      ...some('acknowledged and not in the log', judged.lost),
      ...some('foreign in the log', judged.foreign),
      ...some('out of order', judged.outOfOrder),
      ...(lost > 0 ? [`${String(lost)} acknowledged and not in the warehouse`] : []),
      ...(doubled > 0 ? [`${String(doubled)} doubled`] : []),
      ...some('columns differ', tables.differing),
      ...some('sessions counted otherwise', sessions),
      ...some('rejected events without a dead letter', letters),
      ...(await poison.faults(warehouse)),
    ],
  };
}

/** An event that was rejected in an answer is a dead letter. */
async function missingLetters({ app, requests, journal, warehouse }: VerifyOptions): Promise<string[]> {
  const rows = await warehouse.query<{ receipt: string }>({
    sql: 'SELECT toString(receipt) AS receipt FROM dead_letters FINAL WHERE app = {app:String}',
    parameters: { app },
  });
  const kept = new Set(rows.map(({ receipt }) => receipt));
  return journal
    .filter(({ request, receipt }) => requests[request]?.spoilt === true && !kept.has(receipt))
    .map(({ receipt }) => receipt);
}
