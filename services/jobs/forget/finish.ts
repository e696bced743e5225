import type { ForgetReport } from '../../../schemas/commands.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { eraseRows, findRows, type RowsFound } from './erase-rows.ts';
import { keepCounts } from './erased-counts.ts';
import { personTables } from './person-tables.ts';
import { reportOf } from './report-of.ts';

export interface OneBuild {
  readonly dataset: string;
  /** Erasures that were there before it read its first event: who came back since belongs in it. */
  readonly knownErasures: readonly string[];
}

interface Left {
  readonly annotator_id: string;
  readonly erased_ms: number;
  readonly erasure_id: string;
}

/**
 * Takes away what is left of people who were forgotten: a log that was read again brought it back, it was on its way
 * when they were erased, or the erasure was cut short. No view shows it; here it leaves the disk.
 * @param build only what this one read before they were erased
 */
export async function finishErasures(
  warehouse: Warehouse,
  app: string,
  build?: OneBuild,
): Promise<ForgetReport> {
  const people = new Map<string, Left>();
  for (const table of await personTables(warehouse)) {
    if (build !== undefined && table.dataset === undefined) continue;
    const left = await warehouse.query<Left>({
      sql: leftSql(table.name),
      parameters: { app, known: build?.knownErasures ?? [] },
    });
    for (const row of left) people.set(row.annotator_id, row);
  }
  const all: RowsFound[] = [];
  for (const { annotator_id: annotatorId, erased_ms: erasedMs, erasure_id: erasureId } of people.values()) {
    const rows = await findRows(warehouse, { app, annotatorId, erasedMs, erasureId }, build?.dataset);
    await keepCounts(warehouse, app, erasureId, rows.found);
    await eraseRows(warehouse, rows);
    all.push(...rows.found);
  }
  return reportOf({ app, found: all, pending: 0 });
}

const leftSql = (table: string) => `
SELECT
    annotator_id,
    max(erased_ms) AS erased_ms,
    argMax(toString(e.erasure_id), e.erased_ms) AS erasure_id
FROM (SELECT DISTINCT annotator_id, sipHash64(app, annotator_id) AS person FROM ${table} WHERE app = {app:String}) AS p
INNER JOIN
(
    SELECT person, erased_ms, erasure_id FROM erasures
    WHERE app = {app:String} AND toString(erasure_id) NOT IN {known:Array(String)}
) AS e ON p.person = e.person
GROUP BY annotator_id`;
