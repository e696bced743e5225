import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';

import type { Engine } from './engine.ts';
import { exceptionFromEngine, exceptionOf, statusOfException, type ServerException } from './exception.ts';
import { noFaults, type FaultCounts, type ServerFaults } from './faults.ts';
import { BadRequest, statementFromRequest } from './statement.ts';

export interface ServerOptions {
  readonly engine: Engine;
  /** 0: any free one. */
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export interface ClickhouseHttpServer {
  readonly port: number;
  close(): Promise<void>;
}

const exceptionTag = 'tacittesttacittt';
const keepAliveSeconds = 10;

/**
 * The part of ClickHouse's HTTP interface that `@clickhouse/client` uses, over chDB: authorization, databases, formats,
 * parameters, settings of one request, results while they are made, exceptions before and in the middle of a result.
 * Not there: sessions, roles, quotas, progress in headers, async inserts, query log, clusters.
 */
export async function startClickhouseHttpServer(options: ServerOptions): Promise<ClickhouseHttpServer> {
  const { engine } = options;
  const faults = noFaults();
  const counts: FaultCounts = { cut: 0, refused: 0 };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://server');
    response.setHeader('X-ClickHouse-Server-Display-Name', 'tacit-test');
    response.setHeader('Keep-Alive', `timeout=${String(keepAliveSeconds)}`);
    if (url.pathname === '/ping') {
      response.end('Ok.\n');
      return;
    }
    if (url.pathname === '/-/faults') {
      Object.assign(faults, JSON.parse((await textOf(request)) || '{}') as Partial<ServerFaults>);
      response.end(JSON.stringify(counts));
      return;
    }
    if (!isAuthorized(request, url, options)) {
      const said =
        'default: Authentication failed: password is incorrect, or there is no user with such name.';
      refuse(response, exceptionOf(516, said, 'AUTHENTICATION_FAILED', engine.version));
      request.resume();
      return;
    }
    const statement = await statementFromRequest(request, url);
    response.setHeader('X-ClickHouse-Query-Id', statement.queryId);
    response.setHeader('X-ClickHouse-Format', statement.format);
    response.setHeader('X-ClickHouse-Timezone', 'UTC');
    response.setHeader('X-ClickHouse-Exception-Tag', exceptionTag);
    if (statement.kind === 'insert') await sleep(faults.insertDelayMs);
    if (statement.kind === 'insert' && faults.refuseInserts > 0) {
      faults.refuseInserts -= 1;
      counts.refused += 1;
      refuse(
        response,
        exceptionOf(faults.refuseCode, 'refused on command', faults.refuseName, engine.version),
      );
      return;
    }
    await engine.run(statement, async (outcome) => {
      if (outcome.kind === 'result') {
        await sendResult(request, response, outcome.parts);
        return;
      }
      if (faults.cutInsertAnswers > 0 && isInsertInto(faults.cutTable, statement.sql)) {
        faults.cutInsertAnswers -= 1;
        counts.cut += 1;
        request.socket.resetAndDestroy();
        return;
      }
      response.setHeader(
        'X-ClickHouse-Summary',
        JSON.stringify({ written_rows: String(outcome.rows), written_bytes: String(outcome.bytes) }),
      );
      response.end();
    });
  }

  /** Nothing is sent before the first part: until then a fault has a status of its own. */
  async function sendResult(
    request: IncomingMessage,
    response: ServerResponse,
    parts: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const packed = wantsGzip(request);
    if (packed) response.setHeader('Content-Encoding', 'gzip');
    const gzip = packed ? createGzip() : undefined;
    gzip?.pipe(response);
    const body = gzip ?? response;
    try {
      for await (const part of parts) {
        if (response.destroyed) return;
        if (!body.write(part)) await Promise.race([once(body, 'drain'), once(response, 'close')]);
      }
      body.end();
    } catch (error) {
      if (!response.headersSent) throw error;
      const { text } = exceptionFromEngine(error, engine.version);
      const block = `\r\n__exception__\r\n${exceptionTag}\r\n${text}${String(Buffer.byteLength(text))} ${exceptionTag}\r\n__exception__\r\n`;
      // Without its last chunk the answer is no whole one.
      body.write(block, () => request.socket.destroySoon());
    }
  }

  function refuse(response: ServerResponse, exception: ServerException): void {
    response.statusCode = statusOfException(exception);
    response.setHeader('X-ClickHouse-Exception-Code', String(exception.code));
    response.removeHeader('Content-Encoding');
    response.end(exception.text);
  }

  const server = createServer({ keepAliveTimeout: keepAliveSeconds * 1000 }, (request, response) => {
    response.on('error', () => undefined);
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent || !request.complete) {
        request.socket.destroy();
      } else if (error instanceof BadRequest) {
        refuse(response, exceptionOf(error.code, error.message, error.type, engine.version));
      } else {
        refuse(response, exceptionFromEngine(error, engine.version));
      }
    });
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      server.close();
      server.closeIdleConnections();
      await once(server, 'close');
      await engine.close();
    },
  };
}

function isInsertInto(table: string, sql: string): boolean {
  return table === '' || /^\s*INSERT\s+INTO\s+(\S+)/i.exec(sql)?.[1] === table;
}

function isAuthorized(request: IncomingMessage, url: URL, { user, password }: ServerOptions): boolean {
  const [scheme, text = ''] = (request.headers.authorization ?? '').split(' ');
  const basic = scheme === 'Basic' ? Buffer.from(text, 'base64').toString() : undefined;
  const named = (header: string, parameter: string) =>
    request.headers[header] ?? url.searchParams.get(parameter) ?? undefined;
  const given =
    basic ??
    `${String(named('x-clickhouse-user', 'user') ?? 'default')}:${String(named('x-clickhouse-key', 'password') ?? '')}`;
  return given === `${user}:${password}`;
}

function wantsGzip(request: IncomingMessage): boolean {
  return (
    /enable_http_compression=(1|true)/.test(request.url ?? '') &&
    /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
  );
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
