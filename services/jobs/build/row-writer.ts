import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

const insertBytes = 16 * 1024 * 1024;

/** Rows of one table as JSON lines in UTF-8. */
export interface RowLines {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly rows: number;
}

const leastBytes = 64 * 1024;

/**
 * Collects rows as JSON lines, as bytes at once: texts that are kept are moved about by the garbage collector.
 * @param every fields that all rows carry
 */
export function createRowLines(every: object = {}) {
  const lineOf = createLineMaker(every);
  let room = Buffer.allocUnsafeSlow(leastBytes);
  let size = 0;
  let rows = 0;

  function addLine(line: string): void {
    const most = size + 3 * line.length;
    if (most > room.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(most, 2 * room.length));
      room.copy(larger, 0, 0, size);
      room = larger;
    }
    size += room.write(line, size);
    rows += 1;
  }

  return {
    add(row: object): void {
      addLine(lineOf(row));
    },
    /** A row whose JSON was made elsewhere. */
    addJson(row: string): void {
      addLine(`${row}\n`);
    },
    lines: (): RowLines => ({ bytes: new Uint8Array(room.subarray(0, size)), rows }),
  };
}

export type RowCollector = ReturnType<typeof createRowLines>;

function createLineMaker(every: object) {
  const head = JSON.stringify(every).slice(0, -1);
  return (row: object): string => {
    const own = JSON.stringify(row);
    return head === '{' ? `${own}\n` : `${head},${own.slice(1)}\n`;
  };
}

/**
 * Writes rows of one table in batches; the engine takes one in while the next is gathered.
 * @param every fields that all rows carry, which have at least one of their own
 */
export function createRowWriter(warehouse: Warehouse, table: string, every: object = {}) {
  const lineOf = createLineMaker(every);
  let texts: string[] = [];
  let parts: Uint8Array[] = [];
  let rows = 0;
  let size = 0;
  let sending: Promise<void> = Promise.resolve();

  async function send(): Promise<void> {
    await sending;
    sending = warehouse.insert(table, Buffer.concat([...parts, Buffer.from(texts.join(''))]), rows);
    // A fault is met by the next call.
    sending.catch(() => undefined);
    texts = [];
    parts = [];
    rows = 0;
    size = 0;
  }

  return {
    async add(row: object): Promise<void> {
      const line = lineOf(row);
      texts.push(line);
      rows += 1;
      size += line.length;
      if (size >= insertBytes) await send();
    },
    /** Rows whose lines were made elsewhere, with `every` in them. */
    async addLines({ bytes, rows: more }: RowLines): Promise<void> {
      parts.push(bytes);
      rows += more;
      size += bytes.length;
      if (size >= insertBytes) await send();
    },
    /** Resolves when every row is durable. */
    async end(): Promise<void> {
      if (rows > 0) await send();
      await sending;
    },
  };
}

export type RowWriter = ReturnType<typeof createRowWriter>;
