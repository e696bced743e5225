import { setTimeout as sleep } from 'node:timers/promises';

import type { ReceiptAnswer } from '../../schemas/ingest-http.ts';
import { countsFromReceipt } from '../../schemas/receipt.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';

export type ReceiptLookup = (app: string, receipt: string) => Promise<ReceiptAnswer>;

/** How long questions gather: clients that poll cost one query together, not one each. */
const gatherMs = 20;

/** A delivery without a name is of a person who was forgotten since: it arrived, and repeats nothing. */
const selectArrived = `
  SELECT
    receipt,
    uniqExactIf(request_index, taken) AS arrived,
    uniqExactIf(request_index, taken AND annotator_id != '') AS kept,
    uniqExactIf(request_index, NOT taken) AS refused
  FROM
  (
    SELECT receipt, request_index, annotator_id, true AS taken FROM deliveries
    WHERE app = {app:String} AND receipt IN {receipts:Array(UUID)}
    UNION ALL
    SELECT receipt, request_index, annotator_id, false AS taken FROM dead_letters
    WHERE app = {app:String} AND receipt IN {receipts:Array(UUID)}
      AND reason IN ('refused_by_warehouse', 'unreadable_record')
  )
  GROUP BY receipt`;

/** Only the identities of these requests are looked up: by the keys of both tables. */
const selectFirsts = `
  WITH mine AS
  (
    SELECT receipt, request_index, place, annotator_id, event_id
    FROM deliveries
    WHERE app = {app:String} AND receipt IN {receipts:Array(UUID)}
  )
  SELECT m.receipt AS receipt, uniqExact(m.request_index) AS firsts
  FROM mine AS m
  INNER JOIN
  (
    SELECT annotator_id, event_id, min(place) AS first_place
    FROM events
    WHERE app = {app:String} AND (annotator_id, event_id) IN (SELECT annotator_id, event_id FROM mine)
    GROUP BY annotator_id, event_id
  ) AS f ON m.annotator_id = f.annotator_id AND m.event_id = f.event_id
  WHERE m.place = f.first_place
  GROUP BY m.receipt`;

/**
 * Answers what became of one request: the receipt itself says how many events it carried, the warehouse how many of
 * them it holds, as rows or as dead letters. Duplicates are counted once all are there, and 0 until then. Questions
 * that come together are asked together, app by app.
 */
export function createReceipts(warehouse: Warehouse): ReceiptLookup {
  const gathering = new Map<
    string,
    { receipts: Set<string>; answers: Promise<Map<string, ReceiptAnswer>> }
  >();
  let last: Promise<unknown> = Promise.resolve();

  function gather(app: string) {
    const receipts = new Set<string>();
    const before = last;
    const answers = (async () => {
      await Promise.all([before, sleep(gatherMs)]);
      gathering.delete(app);
      return await answersFor(warehouse, app, [...receipts]);
    })();
    last = answers.catch(() => undefined);
    const gathered = { receipts, answers };
    gathering.set(app, gathered);
    return gathered;
  }

  return async function lookUp(app, receipt) {
    const { receipts, answers } = gathering.get(app) ?? gather(app);
    receipts.add(receipt);
    return (await answers).get(receipt) ?? { queryable: false, duplicates: 0, dead_letters: 0 };
  };
}

async function answersFor(
  warehouse: Warehouse,
  app: string,
  receipts: readonly string[],
): Promise<Map<string, ReceiptAnswer>> {
  const known = receipts.flatMap((receipt) => {
    const counts = countsFromReceipt(receipt);
    return counts ? [{ receipt, ...counts }] : [];
  });
  const parameters = { app, receipts: known.map(({ receipt }) => receipt) };
  const there = new Map(
    (
      await warehouse.query<{ receipt: string; arrived: number; kept: number; refused: number }>({
        sql: selectArrived,
        parameters,
      })
    ).map((row) => [row.receipt, row]),
  );
  const found = known.map(({ receipt, accepted, rejected }) => {
    const { arrived = 0, kept = 0, refused = 0 } = there.get(receipt) ?? {};
    return { receipt, kept, refused, rejected, queryable: arrived + refused >= accepted };
  });
  const complete = found.filter(({ queryable, kept }) => queryable && kept > 0);
  const firsts = new Map(
    complete.length === 0
      ? []
      : (
          await warehouse.query<{ receipt: string; firsts: number }>({
            sql: selectFirsts,
            parameters: { app, receipts: complete.map(({ receipt }) => receipt) },
          })
        ).map((row) => [row.receipt, row.firsts]),
  );
  return new Map(
    found.map(({ receipt, kept, refused, rejected, queryable }) => [
      receipt,
      {
        queryable,
        duplicates: queryable && kept > 0 ? kept - (firsts.get(receipt) ?? 0) : 0,
        dead_letters: rejected + refused,
      },
    ]),
  );
}
