import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

const insertChars = 8 * 1024 * 1024;

/**
 * Writes rows of one table in batches; the engine takes one in while the next is gathered. Every row carries what
 * `every` says.
 */
export function createRowWriter(warehouse: Warehouse, table: string, every: object = {}) {
  const head = JSON.stringify(every).slice(0, -1);
  let lines: string[] = [];
  let chars = 0;
  let sending: Promise<void> = Promise.resolve();

  async function send(): Promise<void> {
    await sending;
    const full = lines;
    lines = [];
    chars = 0;
    sending = warehouse.insert(table, full.join('\n'), full.length);
    // A fault is met by the next call.
    sending.catch(() => undefined);
  }

  return {
    /** @param row with at least one field */
    async add(row: object): Promise<void> {
      const own = JSON.stringify(row);
      const line = head === '{' ? own : `${head},${own.slice(1)}`;
      lines.push(line);
      chars += line.length;
      if (chars >= insertChars) await send();
    },
    /** Resolves when every row is durable. */
    async end(): Promise<void> {
      if (lines.length > 0) await send();
      await sending;
    },
  };
}

export type RowWriter = ReturnType<typeof createRowWriter>;
