import { setImmediate as nextTurn } from 'node:timers/promises';

import { TacitError } from '../../schemas/errors.ts';

export interface Rows<Row> {
  readonly rows: readonly Row[];
  /** One row as JSON. */
  readonly lineOf: (row: Row) => string;
  /** All rows as JSON lines, where somebody has made them already. */
  readonly lines?: Uint8Array;
  /** Resolves when the rows are durable. Inserting a row twice must change nothing. */
  readonly insert: (lines: Uint8Array, rows: number) => Promise<void>;
}

export interface RefusedRow<Row> {
  readonly row: Row;
  readonly fault: TacitError;
}

/** Many long texts go in several statements: one text of all would be beyond what a process can hold. */
const maxBytesPerInsert = 32 * 1024 * 1024;
/** Written before other work of the process gets its turn. */
const charactersPerTurn = 256 * 1024;

/**
 * Inserts rows. When the warehouse refuses them for their content, halves them until the rows at fault stand alone;
 * all others are inserted.
 * @returns the rows at fault
 */
export async function insertOrBisect<Row>({
  rows,
  lineOf,
  lines,
  insert,
}: Rows<Row>): Promise<RefusedRow<Row>[]> {
  const refused: RefusedRow<Row>[] = [];

  async function insertRange(from: number, to: number): Promise<void> {
    for (let start = from, end = from; start < to; start = end) {
      const written = await linesFrom(start, to);
      end = written.end;
      try {
        await insert(written.lines, end - start);
      } catch (fault) {
        if (!(fault instanceof TacitError) || fault.code !== 'warehouse_refused') throw fault;
        await halve(start, end, fault);
      }
    }
  }

  async function halve(from: number, to: number, fault: TacitError): Promise<void> {
    if (to - from === 1) {
      refused.push(...rows.slice(from, to).map((row) => ({ row, fault })));
      return;
    }
    const middle = (from + to) >> 1;
    await insertRange(from, middle);
    await insertRange(middle, to);
  }

  /** Lines of as many rows as one insert holds. */
  async function linesFrom(from: number, to: number): Promise<{ lines: Uint8Array; end: number }> {
    if (lines && to - from === rows.length) return { lines, end: to };
    const parts: Buffer[] = [];
    let bytes = 0;
    let text = '';
    let end = from;
    for (const row of rows.slice(from, to)) {
      text += `${lineOf(row)}\n`;
      end += 1;
      if (text.length < charactersPerTurn && end < to) continue;
      const part = Buffer.from(text);
      parts.push(part);
      bytes += part.length;
      text = '';
      if (bytes >= maxBytesPerInsert) break;
      await nextTurn();
    }
    return { lines: Buffer.concat(parts), end };
  }

  await insertRange(0, rows.length);
  return refused;
}
