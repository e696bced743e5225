import type { ReceiptAnswer } from '../../schemas/ingest-http.ts';
import { countsFromReceipt } from '../../schemas/receipt.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';

export type ReceiptLookup = (app: string, receipt: string) => Promise<ReceiptAnswer>;

interface ReceiptRow {
  readonly arrived: number;
  readonly firsts: number;
  readonly refused: number;
}

/** Only the identities of this request are looked up: by the keys of both tables. */
const selectReceipt = `
  WITH mine AS
  (
    SELECT request_index, place, annotator_id, event_id
    FROM deliveries
    WHERE app = {app:String} AND receipt = {receipt:UUID}
  )
  SELECT
    uniqExact(m.request_index) AS arrived,
    uniqExactIf(m.request_index, m.place = f.first_place) AS firsts,
    (
      SELECT uniqExact(request_index) FROM dead_letters
      WHERE app = {app:String} AND receipt = {receipt:UUID} AND reason IN ('refused_by_warehouse', 'unreadable_record')
    ) AS refused
  FROM mine AS m
  LEFT JOIN
  (
    SELECT annotator_id, event_id, min(place) AS first_place
    FROM events
    WHERE app = {app:String} AND (annotator_id, event_id) IN (SELECT annotator_id, event_id FROM mine)
    GROUP BY annotator_id, event_id
  ) AS f ON m.annotator_id = f.annotator_id AND m.event_id = f.event_id`;

/**
 * Answers what became of one request: the receipt itself says how many events it carried, the warehouse how many of
 * them it holds, as rows or as dead letters.
 */
export function createReceipts(warehouse: Warehouse): ReceiptLookup {
  return async function lookUp(app, receipt) {
    const counts = countsFromReceipt(receipt);
    if (!counts) return { queryable: false, duplicates: 0, dead_letters: 0 };
    const [row] = await warehouse.query<ReceiptRow>({ sql: selectReceipt, parameters: { app, receipt } });
    const { arrived = 0, firsts = 0, refused = 0 } = row ?? {};
    return {
      queryable: arrived + refused >= counts.accepted,
      duplicates: arrived - firsts,
      dead_letters: counts.rejected + refused,
    };
  };
}
