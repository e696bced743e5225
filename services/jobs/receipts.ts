import { setTimeout as sleep } from 'node:timers/promises';

import type { ReceiptAnswer } from '../../schemas/ingest-http.ts';
import { countsFromReceipt } from '../../schemas/receipt.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';

export type ReceiptLookup = (app: string, receipt: string) => Promise<ReceiptAnswer>;

/** How long questions gather: clients that poll cost one query together, not one each. */
const gatherMs = 5;

/** Each delivery, and what became none. */
const selectDeliveries = `
  SELECT receipt, request_index, true AS taken, annotator_id, event_id, place FROM deliveries
  WHERE app = {app:String} AND receipt IN {receipts:Array(UUID)}
  UNION ALL
  SELECT receipt, request_index, false AS taken, '', toUUIDOrZero(''), 0 FROM dead_letters
  WHERE app = {app:String} AND receipt IN {receipts:Array(UUID)}
    AND reason IN ('refused_by_warehouse', 'unreadable_record')`;

interface DeliveryRow {
  readonly receipt: string;
  readonly request_index: number;
  readonly taken: boolean;
  /** Empty for a person who was forgotten since: the event arrived, and repeats nothing. */
  readonly annotator_id: string;
  readonly event_id: string;
  readonly place: number;
}

const selectFirstPlaces = `
  SELECT annotator_id, event_id, min(place) AS first_place FROM events
  WHERE app = {app:String}
    AND (annotator_id, event_id) IN arrayZip({annotators:Array(String)}, {events:Array(UUID)})
  GROUP BY annotator_id, event_id`;

/** Of the identities in one query, which are asked for by their keys: its text must stay under 256 KiB as UTF-8. */
const charactersPerQuery = 64 * 1024;

/** What answers are made of; table `deliveries` is filled by inserts into `events`. */
const tables = ['events', 'dead_letters'];
const mostRemembered = 10_000;

/**
 * Answers what became of one request: the receipt itself says how many events it carried, the warehouse how many of
 * them it holds, as rows or as dead letters. Duplicates are counted once all are there, and 0 until then. Questions
 * that come together are asked together, app by app; while nothing is written the same question is not asked again.
 */
export function createReceipts(warehouse: Warehouse): ReceiptLookup {
  let remembered = { writes: warehouse.writesTo(tables), answers: new Map<string, ReceiptAnswer>() };
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
      const kept = answersThatHold();
      const found = await answersFor(warehouse, app, [...receipts]);
      for (const [receipt, answer] of found) kept.set(`${app}/${receipt}`, answer);
      return found;
    })();
    last = answers.catch(() => undefined);
    const gathered = { receipts, answers };
    gathering.set(app, gathered);
    return gathered;
  }

  function answersThatHold(): Map<string, ReceiptAnswer> {
    const writes = warehouse.writesTo(tables);
    const hold = writes !== undefined && writes === remembered.writes;
    if (!hold || remembered.answers.size > mostRemembered) remembered = { writes, answers: new Map() };
    return remembered.answers;
  }

  return async function lookUp(app, receipt) {
    const answer = answersThatHold().get(`${app}/${receipt}`);
    if (answer) return answer;
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
  const rows = await warehouse.query<DeliveryRow>({
    sql: selectDeliveries,
    parameters: { app, receipts: known.map(({ receipt }) => receipt) },
  });
  const rowsOf = Map.groupBy(rows, ({ receipt }) => receipt);
  const found = known.map(({ receipt, accepted, rejected }) => {
    const [taken, refused] = [true, false].map((wanted) =>
      (rowsOf.get(receipt) ?? []).filter((row) => row.taken === wanted),
    ) as [DeliveryRow[], DeliveryRow[]];
    const queryable = indexesIn(taken) + indexesIn(refused) >= accepted;
    const named = queryable ? taken.filter(({ annotator_id }) => annotator_id !== '') : [];
    return { receipt, queryable, named, deadLetters: rejected + indexesIn(refused) };
  });
  const isFirst = await firstDeliveries(
    warehouse,
    app,
    found.flatMap(({ named }) => named),
  );
  return new Map(
    found.map(({ receipt, queryable, named, deadLetters }) => [
      receipt,
      {
        queryable,
        duplicates: indexesIn(named) - indexesIn(named.filter(isFirst)),
        dead_letters: deadLetters,
      },
    ]),
  );
}

/** Events of one request: the log may hold one more than once. */
const indexesIn = (rows: readonly DeliveryRow[]) =>
  new Set(rows.map(({ request_index }) => request_index)).size;

const identityOf = ({ annotator_id, event_id }: Pick<DeliveryRow, 'annotator_id' | 'event_id'>) =>
  `${annotator_id} ${event_id}`;

/** Tells of these deliveries which are the first of their events, whichever request they came with. */
async function firstDeliveries(
  warehouse: Warehouse,
  app: string,
  rows: readonly DeliveryRow[],
): Promise<(row: DeliveryRow) => boolean> {
  const firstPlaces = new Map<string, number>();
  for (const some of partsOf(rows)) {
    const places = await warehouse.query<
      Pick<DeliveryRow, 'annotator_id' | 'event_id'> & { first_place: number }
    >({
      sql: selectFirstPlaces,
      parameters: {
        app,
        annotators: some.map(({ annotator_id }) => annotator_id),
        events: some.map(({ event_id }) => event_id),
      },
    });
    for (const row of places) firstPlaces.set(identityOf(row), row.first_place);
  }
  return (row) => firstPlaces.get(identityOf(row)) === row.place;
}

/** Runs of rows whose identities fit into one query. */
function* partsOf(rows: readonly DeliveryRow[]): Generator<DeliveryRow[]> {
  let from = 0;
  let characters = 0;
  for (const [at, row] of rows.entries()) {
    const more = identityOf(row).length;
    if (characters + more > charactersPerQuery) {
      yield rows.slice(from, at);
      from = at;
      characters = 0;
    }
    characters += more;
  }
  if (from < rows.length) yield rows.slice(from);
}
