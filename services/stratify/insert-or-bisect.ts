import { TacitError } from '../../schemas/errors.ts';

export interface RefusedRow {
  readonly index: number;
  readonly fault: TacitError;
}

/**
 * Inserts rows. When the warehouse refuses them for their content, halves them until the rows at fault stand alone;
 * all others are inserted. Inserting a row twice must change nothing.
 * @param insert resolves when the rows are durable
 * @returns the rows at fault
 */
export async function insertOrBisect(
  rows: readonly string[],
  insert: (lines: string, rows: number) => Promise<void>,
): Promise<RefusedRow[]> {
  const refused: RefusedRow[] = [];

  async function insertRange(from: number, to: number): Promise<void> {
    try {
      await insert(rows.slice(from, to).join('\n'), to - from);
    } catch (fault) {
      if (!(fault instanceof TacitError) || fault.code !== 'warehouse_refused') throw fault;
      if (to - from === 1) {
        refused.push({ index: from, fault });
        return;
      }
      const middle = (from + to) >> 1;
      await insertRange(from, middle);
      await insertRange(middle, to);
    }
  }

  if (rows.length > 0) await insertRange(0, rows.length);
  return refused;
}
