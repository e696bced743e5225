import { TacitError } from '../../schemas/errors.ts';

export interface Rows<Row> {
  readonly rows: readonly Row[];
  /** One row as JSON. */
  readonly lineOf: (row: Row) => string;
  /** All rows as JSON lines, where somebody has made them already. */
  readonly lines?: Uint8Array;
  /** Resolves when the rows are durable. Inserting a row twice must change nothing. */
  readonly insert: (lines: string | Uint8Array, rows: number) => Promise<void>;
}

export interface RefusedRow<Row> {
  readonly row: Row;
  readonly fault: TacitError;
}

/** Many long texts go in several statements: one text of all would be beyond what a process can hold. */
const maxCharactersPerInsert = 32 * 1024 * 1024;

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
      const written = linesFrom(start, to);
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
  function linesFrom(from: number, to: number): { lines: string | Uint8Array; end: number } {
    if (lines && to - from === rows.length) return { lines, end: to };
    const some: string[] = [];
    let characters = 0;
    for (const row of rows.slice(from, to)) {
      const line = lineOf(row);
      some.push(line);
      characters += line.length;
      if (characters >= maxCharactersPerInsert) break;
    }
    return { lines: some.join('\n'), end: from + some.length };
  }

  await insertRange(0, rows.length);
  return refused;
}
