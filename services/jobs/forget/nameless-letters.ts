import type { SealedPlace } from '../../access/sealing.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { blankedColumns } from './erase-rows.ts';

export interface NamelessOptions {
  readonly warehouse: Warehouse;
  readonly app: string;
  /** As the app sends it. */
  readonly wireId: string;
  /** What was received up to then, milliseconds since the epoch. */
  readonly erasedMs: number;
  readonly open: (sealed: string, place: SealedPlace) => Uint8Array | undefined;
}

interface Letter {
  readonly receipt: string;
  readonly request_index: number;
}

const lettersPerPage = 1_000;

/**
 * Dead letters that could not be read far enough to say whose they are, but in whose bytes the person's id stands as a
 * JSON string.
 */
export async function findNamelessLetters(options: NamelessOptions): Promise<Letter[]> {
  const { warehouse, app, wireId, erasedMs: erased, open } = options;
  const id = JSON.stringify(wireId);
  const found: Letter[] = [];
  let [receipt, index] = ['00000000-0000-0000-0000-000000000000', -1];
  for (;;) {
    const page = await warehouse.query<Letter & { readonly sealed: string }>({
      sql: selectNameless,
      parameters: { app, erased, receipt, index },
    });
    for (const letter of page) {
      ({ receipt, request_index: index } = letter);
      const bytes = open(letter.sealed, { app, receipt, index });
      if (bytes && Buffer.from(bytes).includes(id)) found.push({ receipt, request_index: index });
    }
    if (page.length < lettersPerPage) return found;
  }
}

/** Leaves of them that they came. */
export async function blankLetters(
  warehouse: Warehouse,
  app: string,
  letters: readonly Letter[],
): Promise<void> {
  const { cluster } = warehouse;
  const table = cluster === undefined ? 'dead_letters' : `dead_letters_local ON CLUSTER '${cluster}'`;
  for (let from = 0; from < letters.length; from += lettersPerPage) {
    const some = letters.slice(from, from + lettersPerPage);
    await warehouse.command({
      sql: `ALTER TABLE ${table} UPDATE ${blankedColumns.dead_letters}
        WHERE app = {app:String} AND (receipt, request_index) IN arrayZip({receipts:Array(UUID)}, {indexes:Array(UInt16)})
        SETTINGS mutations_sync = 2`,
      parameters: {
        app,
        receipts: some.map(({ receipt }) => receipt),
        indexes: some.map(({ request_index }) => request_index),
      },
    });
  }
}

const selectNameless = `
SELECT toString(receipt) AS receipt, request_index, sealed
FROM dead_letters FINAL
WHERE app = {app:String} AND annotator_id = '' AND sealed != '' AND received_ms <= {erased:Int64}
    AND (dead_letters.receipt, toInt32(request_index)) > ({receipt:UUID}, {index:Int32})
ORDER BY dead_letters.receipt, request_index
LIMIT ${String(lettersPerPage)}`;
