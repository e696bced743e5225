import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

const insertChars = 8 * 1024 * 1024;

/** Rows of one table as JSON lines. */
export interface RowLines {
  readonly text: string;
  readonly rows: number;
}

/** Collects rows as JSON lines. @param every fields that all rows carry */
export function createRowLines(every: object = {}) {
  const lineOf = createLineMaker(every);
  const lines: string[] = [];
  return {
    add(row: object): void {
      lines.push(lineOf(row));
    },
    lines: (): RowLines => ({ text: lines.join('\n'), rows: lines.length }),
  };
}

function createLineMaker(every: object) {
  const head = JSON.stringify(every).slice(0, -1);
  return (row: object): string => {
    const own = JSON.stringify(row);
    return head === '{' ? own : `${head},${own.slice(1)}`;
  };
}

/**
 * Writes rows of one table in batches; the engine takes one in while the next is gathered.
 * @param every fields that all rows carry, which have at least one of their own
 */
export function createRowWriter(warehouse: Warehouse, table: string, every: object = {}) {
  const lineOf = createLineMaker(every);
  let texts: string[] = [];
  let rows = 0;
  let chars = 0;
  let sending: Promise<void> = Promise.resolve();

  async function send(): Promise<void> {
    await sending;
    sending = warehouse.insert(table, texts.join('\n'), rows);
    // A fault is met by the next call.
    sending.catch(() => undefined);
    texts = [];
    rows = 0;
    chars = 0;
  }

  async function addText(text: string, ofRows: number): Promise<void> {
    if (ofRows === 0) return;
    texts.push(text);
    rows += ofRows;
    chars += text.length;
    if (chars >= insertChars) await send();
  }

  return {
    add: (row: object): Promise<void> => addText(lineOf(row), 1),
    /** Rows whose lines were made elsewhere, with `every` in them. */
    addLines: ({ text, rows: ofRows }: RowLines): Promise<void> => addText(text, ofRows),
    /** Resolves when every row is durable. */
    async end(): Promise<void> {
      if (rows > 0) await send();
      await sending;
    },
  };
}

export type RowWriter = ReturnType<typeof createRowWriter>;
