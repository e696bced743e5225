import type { Stats } from '../../schemas/commands.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';
import type { Cut } from './cut.ts';

export interface StatsOptions {
  readonly warehouse: Warehouse;
  readonly app: string;
  readonly cut: Cut;
}

/** What is stored of an app, as of a cut; dead letters have no place in the log of events and are counted as of now. */
export async function stats({ warehouse, app, cut }: StatsOptions): Promise<Stats> {
  const parameters = { app, cut: cut.places };
  const [types, totals, repeats, deadLetters, erased] = await Promise.all([
    warehouse.query<{ type: string; events: number }>({ sql: eventsByType, parameters }),
    warehouse.query<{ annotators: number; sessions: number; turns: number }>({
      sql: distinctThings,
      parameters,
    }),
    warehouse.query<{ repeats: number }>({ sql: repeatsSql, parameters }),
    warehouse.query<{ dead_letters: number }>({ sql: deadLettersSql, parameters: { app } }),
    warehouse.query<{ annotators: number; events: number }>({ sql: erasedSql, parameters: { app } }),
  ]);
  return {
    events: Object.fromEntries(types.map((row) => [row.type, row.events])),
    annotators: totals[0]?.annotators ?? 0,
    sessions: totals[0]?.sessions ?? 0,
    turns: totals[0]?.turns ?? 0,
    duplicates: repeats[0]?.repeats ?? 0,
    dead_letters: deadLetters[0]?.dead_letters ?? 0,
    erased_annotators: erased[0]?.annotators ?? 0,
    erased_events: erased[0]?.events ?? 0,
  };
}

const eventsByType = `
  SELECT type, count() AS events
  FROM events_at(app = {app:String}, cut = {cut:Array(UInt64)})
  GROUP BY type ORDER BY type`;

/** Sessions as the view \`sessions\` has them. */
const distinctThings = `
  SELECT
    uniqExact(annotator_id) AS annotators,
    uniqExactIf((annotator_id, session_id),
      session_id != '' AND type NOT IN ('metric', 'quality', 'annotator', 'retract')) AS sessions,
    uniqExactIf((annotator_id, turn_id), type = 'turn') AS turns
  FROM events_at(app = {app:String}, cut = {cut:Array(UInt64)})`;

const repeatsSql = `
  SELECT count() AS repeats FROM repeats(app = {app:String}, cut = {cut:Array(UInt64)})`;

const deadLettersSql = 'SELECT count() AS dead_letters FROM dead_letters FINAL WHERE app = {app:String}';

const erasedSql = `
  SELECT
    (SELECT uniqExact(person) FROM erasures WHERE app = {app:String}) AS annotators,
    (SELECT sum(rows) FROM erased_rows FINAL WHERE app = {app:String} AND source = 'events') AS events`;
