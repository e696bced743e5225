import { Readable } from 'node:stream';

import { Session, version } from 'chdb';

import { createConnectionPool } from '../../../services/engines/warehouse/connection-pool.ts';
import { assertNoFailedWrites } from '../../../services/engines/warehouse/failed-writes.ts';
import type { Statement } from './statement.ts';

/** What a statement gave; of a select the parts come as the engine makes them, and a fault may come between them. */
export type Outcome =
  | { readonly kind: 'written'; readonly rows: number; readonly bytes: number }
  | { readonly kind: 'result'; readonly parts: AsyncIterable<Uint8Array> };

export interface Engine {
  readonly version: string;
  /**
   * Runs one statement in its database, with its settings and with none of another's. `answer` gets the outcome while
   * the session is still the statement's own.
   */
  run(statement: Statement, answer: (outcome: Outcome) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

interface OwnedSession {
  readonly session: Session;
  database: string;
}

const insertOf =
  /^\s*INSERT\s+INTO\s+(?:TABLE\s+)?([\w.`"]+)\s*(?:\(([^)]*)\))?\s*(?:SETTINGS\s+([^]*?))?\s*FORMAT\s+(\w+)\s*$/i;

/**
 * chDB in this process, as several sessions of a server: what a statement sets is taken back after it.
 * @param path folder of the data; one process owns it, until it ends
 */
export function openEngine(path: string, sessions = 8): Engine {
  const owned = Array.from({ length: sessions }, (): OwnedSession => ({
    session: new Session(path),
    database: 'default',
  }));
  const pool = createConnectionPool(owned);

  return {
    version: version().libchdb,
    run: (statement, answer) =>
      pool.use(async (one) => {
        const { session } = one;
        await assertWhole(session);
        if (one.database !== statement.database) {
          await session.queryAsync(`USE ${quotedName(statement.database)}`);
          one.database = statement.database;
        }
        const names = [...statement.settings.keys()];
        for (const name of names) {
          if (/^\w+$/.test(name))
            await session.queryAsync(`SET ${name} = ${literal(statement.settings.get(name) ?? '')}`);
        }
        try {
          const outcome = await outcomeOf(session, statement);
          if (statement.kind !== 'select') await assertWhole(session);
          await answer(outcome);
        } catch (error) {
          await assertWhole(session);
          throw error;
        } finally {
          if (names.length > 0) {
            await session
              .queryAsync(`SET ${names.map((name) => `${name} = DEFAULT`).join(', ')}`)
              .catch(() => undefined);
          }
        }
      }),
    async close() {
      await pool.drained();
      for (const { session } of owned) session.close();
    },
  };
}

/**
 * A server says that its disk is full. chDB does not, and is no server any more once it has lost a write: all that it
 * says from then on is this, until it is started again.
 */
async function assertWhole(session: Session): Promise<void> {
  await assertNoFailedWrites(session).catch(() => {
    throw new Error('Code: 243. DB::Exception: a write has failed. (NOT_ENOUGH_SPACE)');
  });
}

async function outcomeOf(session: Session, statement: Statement): Promise<Outcome> {
  const { sql, kind, format, data } = statement;
  if (kind === 'select') return { kind: 'result', parts: partsOf(session, sql, format) };
  if (kind === 'other') {
    const result = await session.queryAsync(sql, { format });
    return {
      kind: 'result',
      parts: Readable.from([result.bytes()]),
    };
  }
  const insert = insertOf.exec(sql);
  if (!insert) {
    await session.queryAsync(`${sql}\n${data.toString('utf8')}`);
    return { kind: 'written', rows: 0, bytes: data.byteLength };
  }
  const [, table = '', columns, settings, dataFormat = ''] = insert;
  const { rowsWritten, bytesWritten } = await session.insert({
    table,
    ...(columns === undefined ? {} : { columns: columns.split(',').map((name) => name.trim()) }),
    settings: settingsOf(settings ?? ''),
    format: dataFormat as 'JSONEachRow',
    values: data,
  });
  return { kind: 'written', rows: rowsWritten, bytes: bytesWritten };
}

async function* partsOf(session: Session, sql: string, format: string): AsyncGenerator<Uint8Array> {
  for await (const part of session.queryStream(sql, { format })) yield part.raw();
}

function settingsOf(text: string): Record<string, string | number> {
  const settings: Record<string, string | number> = {};
  for (const [, name = '', quoted, bare = ''] of text.matchAll(/(\w+)\s*=\s*(?:'([^']*)'|([\w.]+))/g)) {
    settings[name] = quoted ?? (Number.isNaN(Number(bare)) ? bare : Number(bare));
  }
  return settings;
}

function literal(value: string): string {
  return /^-?\d+(\.\d+)?$/.test(value) ? value : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function quotedName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
