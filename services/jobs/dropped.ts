import { droppedStages, type DroppedRow, type DroppedStage } from '../../schemas/commands.ts';
import type { QueryParameters, Warehouse } from '../engines/warehouse/warehouse.ts';
import type { Cut } from './cut.ts';
import { listDatasets } from './datasets.ts';

export { droppedStages } from '../../schemas/commands.ts';

export interface DroppedOptions {
  readonly warehouse: Warehouse;
  readonly app: string;
  readonly cut: Cut;
  /** Absent: all of them, one after the other. */
  readonly stage?: DroppedStage | undefined;
  readonly reason?: string | undefined;
  /** Rows held in memory at once. */
  readonly pageRows?: number;
}

/** A page of one source: rows after a key, in the order of that key. */
interface Source {
  readonly sql: string;
  readonly parameters: QueryParameters;
  /** Columns that order the rows and name each one. */
  readonly key: readonly string[];
}

/**
 * Lists what was left out, and why: events that were not taken, repeated deliveries, and what the newest dataset's
 * build did without.
 */
export async function* dropped(options: DroppedOptions): AsyncGenerator<DroppedRow, void, undefined> {
  const { warehouse, app, cut, stage, reason, pageRows = 20_000 } = options;
  for (const each of stage === undefined ? droppedStages : [stage]) {
    const source = await sourceOf(each, warehouse, app, cut);
    if (source) yield* rowsOf(warehouse, source, reason, pageRows);
  }
}

async function sourceOf(
  stage: DroppedStage,
  warehouse: Warehouse,
  app: string,
  cut: Cut,
): Promise<Source | undefined> {
  if (stage === 'dead-letter')
    return { sql: deadLetters, parameters: { app }, key: ['receipt', 'request_index'] };
  if (stage === 'duplicate') {
    return { sql: duplicates, parameters: { app, cut: cut.places }, key: ['receipt', 'partition', 'place'] };
  }
  const [newest] = await listDatasets(warehouse, app);
  if (!newest) return undefined;
  const parameters = { app, dataset: newest.dataset, stage };
  if (stage === 'outlier')
    return { sql: outlierMarks, parameters, key: ['reason', 'annotator_id', 'session_id'] };
  return {
    sql: datasetDrops,
    parameters,
    key: ['reason', 'annotator_id', 'turn_id', 'other_turn_id', 'event_id'],
  };
}

type KeyedRow = DroppedRow & { readonly key: readonly (string | number)[] };

async function* rowsOf(
  warehouse: Warehouse,
  { sql, parameters, key }: Source,
  reason: string | undefined,
  pageRows: number,
): AsyncGenerator<DroppedRow, void, undefined> {
  let after: KeyedRow['key'] | undefined;
  for (;;) {
    const conditions = [
      ...(reason === undefined ? [] : ['reason = {reason:String}']),
      ...(after === undefined
        ? []
        : [`(${key.map(String).join(', ')}) > (${key.map(placeholder).join(', ')})`]),
    ];
    const page: KeyedRow[] = await warehouse.query<KeyedRow>({
      sql: `SELECT stage, reason, event_id, turn_id, other_turn_id, annotator_id, session_id,
          tuple(${key.join(', ')}) AS key
        FROM (${sql})
        ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
        ORDER BY ${key.join(', ')}
        LIMIT ${String(pageRows)}`,
      parameters: {
        ...parameters,
        reason,
        ...Object.fromEntries((after ?? []).map((value, i) => [`k${String(i)}`, value])),
      },
    });
    for (const { key: _, ...row } of page) yield row;
    after = page.at(-1)?.key;
    if (page.length < pageRows) return;
  }
}

function placeholder(column: string, index: number): string {
  const numbers = ['request_index', 'partition', 'place'];
  return `{k${String(index)}:${numbers.includes(column) ? 'UInt64' : 'String'}}`;
}

const deadLetters = `
  SELECT 'dead-letter' AS stage, toString(reason) AS reason, event_id, '' AS turn_id, '' AS other_turn_id,
    annotator_id, session_id, toString(receipt) AS receipt, request_index
  FROM dead_letters_kept(app = {app:String})`;

const duplicates = `
  SELECT 'duplicate' AS stage, reason, toString(event_id) AS event_id, '' AS turn_id, '' AS other_turn_id,
    annotator_id, session_id, toString(receipt) AS receipt, partition, place
  FROM repeats(app = {app:String}, cut = {cut:Array(UInt64)})`;

const datasetDrops = `
  SELECT toString(stage) AS stage, toString(reason) AS reason, event_id, turn_id, other_turn_id, annotator_id, session_id
  FROM dataset_drops FINAL
  WHERE app = {app:String} AND dataset_id = {dataset:String} AND stage = {stage:String}`;

/** A line with an annotator alone means everything of them. */
const outlierMarks = `
  SELECT 'outlier' AS stage, toString(rule) AS reason, '' AS event_id, '' AS turn_id, '' AS other_turn_id, annotator_id, session_id
  FROM outlier_marks FINAL
  WHERE app = {app:String} AND build_id = {dataset:String}`;
