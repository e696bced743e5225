import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';

import { limits } from '../../schemas/limits.ts';
import type { HeldBytes } from './byte-budget.ts';
import { HttpProblem } from './http-problem.ts';

/** What gzip may add to bytes that do not shrink. */
const gzipOverheadBytes = 64 * 1024;
const tooLarge = () =>
  new HttpProblem('body_too_large', `a body holds at most ${String(limits.bodyBytes)} decoded bytes`);
const overloaded = () =>
  new HttpProblem('overloaded', 'too many bytes are in flight, send the same events again', 1);

/**
 * Reads a request's body, plain or gzip, up to the limit of decoded bytes, and counts it against the budget.
 * When it gives up, the rest of the stream flows on unread, so that the client can finish and see the answer.
 * @throws HttpProblem body_too_large, invalid_gzip, unsupported_encoding, overloaded, invalid_request
 */
export async function receiveBody(
  stream: Readable,
  contentEncoding: string | undefined,
  held: HeldBytes,
): Promise<Buffer> {
  const encoding = (contentEncoding ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return readAll(stream, limits.bodyBytes, held);
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new HttpProblem('unsupported_encoding', 'a body is plain or gzip');
  }
  const packed = await readAll(stream, limits.bodyBytes + gzipOverheadBytes, held);
  const body = await inflated(packed);
  if (!held.take(body.length)) throw overloaded();
  return body;
}

function readAll(stream: Readable, maxBytes: number, held: HeldBytes): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (problem?: HttpProblem) => {
      stream.off('data', onData).off('end', onEnd).off('error', onLost).off('close', onLost);
      // A late error of the abandoned stream must find a listener.
      stream.on('error', () => undefined);
      if (problem) {
        stream.resume();
        reject(problem);
      } else {
        resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length));
      }
    };
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > maxBytes) settle(tooLarge());
      else if (!held.take(chunk.length)) settle(overloaded());
    };
    const onEnd = () => {
      settle();
    };
    const onLost = () => {
      settle(new HttpProblem('invalid_request', 'the body ended early'));
    };
    stream.on('data', onData).on('end', onEnd).on('error', onLost).on('close', onLost);
  });
}

/** So little is inflated at once: handing it to another thread costs ten times as much. */
const inflatedAtOnceBytes = 16 * 1024;
const gunzipLater = promisify(gunzip);

/** Inflating stops as soon as the output passes the limit. */
async function inflated(packed: Buffer): Promise<Buffer> {
  const bound = { maxOutputLength: limits.bodyBytes };
  try {
    return packed.length <= inflatedAtOnceBytes
      ? gunzipSync(packed, bound)
      : await gunzipLater(packed, bound);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new HttpProblem('invalid_gzip', 'the body is not a whole gzip stream');
  }
}
