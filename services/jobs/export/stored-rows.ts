import type { RowKind, StoredRows } from '../../../pipelines/export/stored-rows.ts';
import type { Split } from '../../../schemas/provenance.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

const bytesPerPage = 32 * 1024 * 1024;

interface Table {
  readonly table: string;
  readonly id: string;
  /** Whether the hexadecimal digits of its ids are capitals. */
  readonly capitals: boolean;
  /** Columns with JSON text. */
  readonly texts: readonly string[];
}

const tables: Readonly<Record<RowKind, Table>> = {
  pairs: { table: 'dataset_pairs', id: 'pair_id', capitals: false, texts: ['prompt', 'chosen', 'rejected'] },
  singles: { table: 'dataset_singles', id: 'single_id', capitals: false, texts: ['prompt', 'completion'] },
  groups: { table: 'dataset_groups', id: 'group_id', capitals: true, texts: ['prompt', 'completions'] },
  prompts: { table: 'dataset_prompts', id: 'prompt_id', capitals: false, texts: ['prompt'] },
};

export interface RowsOfDataset {
  readonly warehouse: Warehouse;
  readonly app: string;
  readonly dataset: string;
}

/** How many rows of a kind a dataset has, of how many annotators. */
export async function countStoredRows({ warehouse, app, dataset }: RowsOfDataset, kind: RowKind) {
  const { table, id } = tables[kind];
  const [counted] = await warehouse.query<{ rows: number; annotators: number }>({
    sql: `
SELECT uniqExact(split, ${id}) AS rows, uniqExact(annotator_id) AS annotators
FROM ${table}
WHERE app = {app:String} AND dataset_id = {dataset:String}`,
    parameters: { app, dataset },
  });
  return counted ?? { rows: 0, annotators: 0 };
}

/** All rows of one side of a dataset, in the order of their ids: hexadecimal hashes, so pages are ranges of them. */
export async function* storedRows<Kind extends RowKind>(
  { warehouse, app, dataset }: RowsOfDataset,
  kind: Kind,
  split: Split,
): AsyncGenerator<StoredRows[Kind]> {
  const { table, id, texts, capitals } = tables[kind];
  const parameters = { app, dataset, split };
  const where = 'app = {app:String} AND dataset_id = {dataset:String} AND split = {split:String}';
  const [size] = await warehouse.query<{ bytes: number }>({
    sql: `SELECT sum(${texts.map((text) => `length(${text})`).join(' + ')}) AS bytes FROM ${table} WHERE ${where}`,
    parameters,
  });
  const bounds = pageBounds(Math.ceil((size?.bytes ?? 0) / bytesPerPage), capitals);
  for (const [page, from] of bounds.entries()) {
    const until = bounds[page + 1];
    if (until === undefined) return;
    const rows = await warehouse.query<Record<string, unknown>>({
      sql: `
SELECT * EXCEPT (app, dataset_id)
FROM ${table} FINAL
WHERE ${where} AND ${id} >= {from:String} AND ${id} < {until:String}
ORDER BY ${id}`,
      parameters: { ...parameters, from, until },
    });
    for (const row of rows) {
      const read = texts.map((text) => [text, JSON.parse(String(row[text])) as unknown]);
      yield { ...row, ...Object.fromEntries(read) };
    }
  }
}

const prefixes = 0x10000;

/** Where the pages of evenly spread ids begin, and at last a text after all of them. */
function pageBounds(pages: number, capitals: boolean): string[] {
  if (pages === 0) return [];
  const cuts = Array.from({ length: Math.min(prefixes, pages) - 1 }, (_, page) =>
    Math.floor(((page + 1) / pages) * prefixes)
      .toString(16)
      .padStart(4, '0'),
  );
  return ['', ...cuts.map((cut) => (capitals ? cut.toUpperCase() : cut)), 'g'];
}
