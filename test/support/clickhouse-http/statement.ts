import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';

import { sqlWithLiterals } from '../../../services/engines/warehouse/sql-literals.ts';
import { sqlStatements } from '../../../services/engines/warehouse/sql-statements.ts';

/** One request of the HTTP interface, as the engine takes it. */
export interface Statement {
  /** With the values of its parameters put in; of an insert everything up to its data. */
  readonly sql: string;
  readonly kind: 'select' | 'insert' | 'other';
  /** Rows of an insert. */
  readonly data: Buffer;
  readonly format: string;
  readonly database: string;
  /** Settings of this request alone. */
  readonly settings: ReadonlyMap<string, string>;
  readonly queryId: string;
}

/** A request that a server refuses before it runs anything. */
export class BadRequest extends Error {
  readonly code: number;
  readonly type: string;
  constructor(code: number, type: string, message: string) {
    super(message);
    this.code = code;
    this.type = type;
  }
}

/** URL parameters that are no settings of the engine. */
const ownParameters = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'user',
  'password',
  'session_id',
  'session_timeout',
  'session_check',
  'role',
  'compress',
  'decompress',
  'quota_key',
  'wait_end_of_query',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'buffer_size',
  'enable_http_compression',
  'http_zlib_compression_level',
]);

/** @throws BadRequest; an Error when the body ends before its end */
export async function statementFromRequest(request: IncomingMessage, url: URL): Promise<Statement> {
  const body = await readBody(request);
  const values = new URLSearchParams(url.searchParams);
  let rest = body;
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) {
    for (const [name, value] of formFields(body, type)) values.set(name, value);
    rest = Buffer.alloc(0);
  }
  const text = values.get('query') ?? '';
  const { sql, data } = insertFromText(text, rest) ?? {
    sql: `${text}\n${rest.toString('utf8')}`,
    data: undefined,
  };
  const parsed = withParameters(sql, values);
  if (data === undefined && sqlStatements(parsed).length > 1) {
    throw new BadRequest(62, 'SYNTAX_ERROR', 'Syntax error (Multi-statements are not allowed)');
  }
  const kind =
    data !== undefined
      ? 'insert'
      : /^[\s(]*(SELECT|WITH)\b/i.test(withoutComments(parsed))
        ? 'select'
        : 'other';
  if (request.method === 'GET' && kind !== 'select') {
    throw new BadRequest(
      164,
      'READONLY',
      'Cannot execute query in readonly mode. For queries over HTTP, method GET implies readonly',
    );
  }
  return {
    sql: parsed.trim().replace(/;$/, ''),
    kind,
    data: data ?? Buffer.alloc(0),
    format: values.get('default_format') ?? 'TabSeparated',
    database: values.get('database') ?? headerText(request, 'x-clickhouse-database') ?? 'default',
    settings: new Map([...values].filter(([name]) => !ownParameters.has(name) && !name.startsWith('param_'))),
    queryId: values.get('query_id') ?? '',
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  if (!request.complete) throw new Error('the body ended before its end');
  const body = Buffer.concat(parts);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

/** Fields of a multipart form, all of them text. */
function* formFields(body: Buffer, contentType: string): Generator<[name: string, value: string]> {
  const boundary = /boundary="?([^";]+)/.exec(contentType)?.[1] ?? '';
  for (const part of `\r\n${body.toString('utf8')}`.split(`\r\n--${boundary}`)) {
    const end = part.indexOf('\r\n\r\n');
    const name = /name="([^"]*)"/.exec(part.slice(0, end))?.[1];
    if (end !== -1 && name !== undefined) yield [name, part.slice(end + 4)];
  }
}

/** `INSERT … FORMAT X`, with the data behind it or in the body. */
function insertFromText(query: string, body: Buffer): { sql: string; data: Buffer } | undefined {
  const inQuery = insertHead.exec(query);
  if (inQuery) return { sql: inQuery[1] ?? '', data: Buffer.concat([Buffer.from(inQuery[2] ?? ''), body]) };
  if (query.trim() !== '') return undefined;
  const head = insertHead.exec(body.subarray(0, 65_536).toString('latin1'));
  if (!head) return undefined;
  const length = head[0].length - (head[2] ?? '').length;
  return { sql: head[1] ?? '', data: body.subarray(length) };
}

const insertHead = /^(\s*INSERT\s+INTO\s[^]*?\sFORMAT\s+(?!Values\b)\w+)(?:[ \t]*\n|[ \t]+|$)([^]*)$/i;

const placeholder = /\{\s*([A-Za-z_]\w*)\s*:\s*[A-Za-z][^{}]*\}/g;

function withParameters(sql: string, values: URLSearchParams): string {
  const parameters: Record<string, unknown> = {};
  for (const [name, value] of values) {
    if (!name.startsWith('param_')) continue;
    parameters[name.slice('param_'.length)] = value === '\\N' ? null : value;
  }
  const typed = (name: string) =>
    new RegExp(`\\{\\s*${name}\\s*:\\s*(String|Identifier|FixedString|LowCardinality|Nullable\\(String)`);
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === 'string' && typed(name).test(sql)) parameters[name] = unescaped(value);
  }
  const bound = sqlWithLiterals(sql, parameters);
  const missing = [...bound.replaceAll(quoted, '').matchAll(placeholder)][0]?.[1];
  // A view's own text has placeholders that its reader fills in.
  if (missing === undefined || /^\s*CREATE\s/i.test(withoutComments(sql))) return bound;
  throw new BadRequest(456, 'UNKNOWN_QUERY_PARAMETER', `Substitution \`${missing}\` is not set`);
}

const quoted = /'(?:[^'\\]|\\[^]|'')*'|`(?:[^`\\]|\\[^])*`|"(?:[^"\\]|\\[^])*"|--[^\n]*|\/\*[^]*?\*\//g;

function withoutComments(sql: string): string {
  return sql.replaceAll(/--[^\n]*|\/\*[^]*?\*\//g, '');
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', '0': '\0', b: '\b', f: '\f' };

/** Text as TabSeparated writes it, which is how a String parameter comes. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([^])/g, (_, char: string) => escapes[char] ?? char);
}

function headerText(request: IncomingMessage, name: string): string | undefined {
  const header = request.headers[name];
  return Array.isArray(header) ? header[0] : header;
}
