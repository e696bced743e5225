/** What a ClickHouse server says when a statement fails: code, text and HTTP status. */
export interface ServerException {
  readonly code: number;
  /** `Code: 60. DB::Exception: … (UNKNOWN_TABLE) (version 26.7.2.1)`. */
  readonly text: string;
}

export function exceptionOf(code: number, message: string, name: string, version: string): ServerException {
  return { code, text: `Code: ${String(code)}. DB::Exception: ${message} (${name}) (version ${version})\n` };
}

/** Of what chDB throws, which words its errors as the server does but for the version. */
export function exceptionFromEngine(error: unknown, version: string): ServerException {
  const message = error instanceof Error ? error.message : String(error);
  const code = /Code: (\d+)\. DB::Exception/.exec(message)?.[1];
  if (code === undefined) return exceptionOf(1001, message, 'STD_EXCEPTION', version);
  return { code: Number(code), text: `${message.trimEnd()} (version ${version})\n` };
}

// src/Server/HTTPHandler.cpp, exceptionCodeToHTTPStatus.
const statuses: readonly (readonly [status: number, codes: readonly number[]])[] = [
  [401, [194]],
  [403, [192, 193, 497, 516]],
  [400, [6, 25, 26, 27, 38, 41, 53, 62, 69, 72, 117, 456, 457]],
  [404, [46, 47, 50, 56, 60, 63, 73, 81, 115]],
  [408, [159]],
  [501, [48]],
  [503, [76, 209, 439]],
];

export function statusOfException({ code }: ServerException): number {
  return statuses.find(([, codes]) => codes.includes(code))?.[0] ?? 500;
}
