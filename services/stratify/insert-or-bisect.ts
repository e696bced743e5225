import { TacitError } from '../../schemas/errors.ts';

export interface RefusedRow {
  readonly index: number;
  readonly fault: TacitError;
}

/** Many long texts go in several statements: one text of all would be beyond what a process can hold. */
const maxCharactersPerInsert = 32 * 1024 * 1024;

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

  let from = 0;
  let characters = 0;
  for (const [index, row] of rows.entries()) {
    characters += row.length;
    const last = index === rows.length - 1;
    if (!last && characters < maxCharactersPerInsert) continue;
    await insertRange(from, index + 1);
    from = index + 1;
    characters = 0;
  }
  return refused;
}
