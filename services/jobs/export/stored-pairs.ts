import type { StoredPair } from '../../../pipelines/export/stored-pair.ts';
import type { ChatMessage } from '../../../schemas/preference-row.ts';
import type { Split } from '../../../schemas/provenance.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

const bytesPerPage = 32 * 1024 * 1024;
const prefixes = 0x10000;

type Row = Omit<StoredPair, 'prompt' | 'chosen' | 'rejected'> &
  Record<'prompt' | 'chosen' | 'rejected', string>;

/** All pairs of one side of a dataset, in the order of their ids. Ids are evenly spread, so pages are ranges of them. */
export async function* storedPairs(
  warehouse: Warehouse,
  app: string,
  dataset: string,
  split: Split,
): AsyncGenerator<StoredPair> {
  const parameters = { app, dataset, split };
  const [size] = await warehouse.query<{ bytes: number }>({
    sql: `
SELECT sum(length(prompt) + length(chosen) + length(rejected)) AS bytes
FROM dataset_pairs
WHERE app = {app:String} AND dataset_id = {dataset:String} AND split = {split:String}`,
    parameters,
  });
  const pages = Math.min(prefixes, Math.ceil((size?.bytes ?? 0) / bytesPerPage));
  for (let page = 0; page < pages; page += 1) {
    const rows = await warehouse.query<Row>({
      sql: `
SELECT * EXCEPT (app, dataset_id, session_id)
FROM dataset_pairs FINAL
WHERE app = {app:String} AND dataset_id = {dataset:String} AND split = {split:String}
    AND pair_id >= {from:String} AND pair_id < {until:String}
ORDER BY pair_id`,
      parameters: { ...parameters, from: prefixAt(page / pages), until: prefixAt((page + 1) / pages) },
    });
    for (const row of rows) yield pairFromRow(row);
  }
}

/** Where ids stand after a share of them; `g` comes after every hex digit. */
function prefixAt(share: number): string {
  return share === 1
    ? 'g'
    : Math.floor(share * prefixes)
        .toString(16)
        .padStart(4, '0');
}

function pairFromRow(row: Row): StoredPair {
  const messages = (json: string) => JSON.parse(json) as ChatMessage[];
  return {
    ...row,
    prompt: messages(row.prompt),
    chosen: messages(row.chosen),
    rejected: messages(row.rejected),
  };
}
