import { TacitError } from '../../../schemas/errors.ts';

/** ClickHouse's error codes (src/Common/ErrorCodes.cpp) that say a row, not the engine or the statement, is wrong. */
const contentCodes = new Set([
  6, 25, 26, 27, 32, 33, 38, 41, 53, 69, 70, 72, 117, 128, 130, 131, 190, 306, 321, 349, 376, 407, 441, 467,
  469, 675, 676, 691,
]);
/** The engine cannot do it now; the same statement may succeed later. */
const transientCodes = new Set([
  159, 202, 209, 210, 236, 241, 242, 252, 279, 285, 286, 319, 373, 394, 425, 439, 745, 999,
]);
const unauthorizedCodes = new Set([192, 193, 194, 497, 516]);
const missingCodes = new Set([60, 81]);
const diskFullCode = 243;
const tooManyPartitions = 'Too many partitions';

export type Statement = 'query' | 'insert';

/**
 * What an engine's error means for the caller. Messages of inserts carry no text of the rows: only the name of the
 * fault and of the column.
 * @returns undefined when the error is none that Tacit knows
 */
export function warehouseFault(error: unknown, statement: Statement): TacitError | undefined {
  if (error instanceof TacitError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const known = faultOfEngine(error, message);
  if (!known) return connectionFault(error, message);
  const { code, type } = known;
  const details = { clickhouseCode: code, clickhouseType: type };

  if (code === diskFullCode || /No space left on device/.test(message)) {
    return new TacitError('disk_full', 'the disk of the warehouse is full: free some space', {
      retriable: true,
      details,
    });
  }
  if (unauthorizedCodes.has(code)) {
    return new TacitError(
      'warehouse_unauthorized',
      'the warehouse refuses the user or the password: check TACIT_WAREHOUSE, and what the user may do',
      { details },
    );
  }
  if (statement === 'insert' && (contentCodes.has(code) || message.includes(tooManyPartitions))) {
    const column = /reading the value of key ([A-Za-z0-9_]+)/.exec(message)?.[1];
    const where = column === undefined ? '' : ` in ${column}`;
    return new TacitError('warehouse_refused', `the warehouse refused a row: ${type}${where}`, {
      details: column === undefined ? details : { ...details, column },
    });
  }
  if (transientCodes.has(code)) {
    const said = statement === 'insert' ? type : firstLine(message);
    return new TacitError('warehouse_unavailable', `the warehouse cannot do it now: ${said}`, {
      retriable: true,
      details,
    });
  }
  if (missingCodes.has(code)) {
    return new TacitError('warehouse_version', `${firstLine(message)}: run tacit migrate`, { details });
  }
  if (statement === 'insert') return undefined;
  return new TacitError('warehouse_refused', `the warehouse refused the statement: ${firstLine(message)}`, {
    details,
  });
}

/**
 * The client's errors have a numeric code and a type, told by shape because chDB throws another copy of the class.
 * chDB's inserts give text only: `Code: 72. DB::Exception: ... (CANNOT_PARSE_NUMBER)`.
 */
function faultOfEngine(error: unknown, message: string): { code: number; type: string } | undefined {
  const { code, type } = (error ?? {}) as { code?: unknown; type?: unknown };
  if (typeof code === 'string' && /^\d+$/.test(code)) {
    return { code: Number(code), type: typeof type === 'string' ? type : 'UNKNOWN' };
  }
  const found = /^Code: (\d+)\. DB::Exception/.exec(message);
  if (!found) return undefined;
  const name = [...message.matchAll(/\(([A-Z][A-Z0-9_]{4,})\)/g)].at(-1)?.[1];
  return { code: Number(found[1]), type: name ?? 'UNKNOWN' };
}

const networkCodes =
  /ECONNREFUSED|ECONNRESET|ECONNABORTED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE|UND_ERR/;
const networkWords = /socket hang up|timeout error|timed out|aborted|network/i;

function connectionFault(error: unknown, message: string): TacitError | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  const codeText = typeof code === 'string' ? code : '';
  if (!networkCodes.test(codeText) && !networkCodes.test(message) && !networkWords.test(message))
    return undefined;
  return new TacitError(
    'warehouse_unavailable',
    `the warehouse does not answer: ${codeText || firstLine(message)}`,
    {
      retriable: true,
      details: { networkCode: codeText },
    },
  );
}

function firstLine(message: string): string {
  return (message.split('\n', 1)[0] ?? '').trim().slice(0, 300);
}
