const quote = 34;
const comma = 44;
const backslash = 92;
const openBracket = 91;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

/**
 * Where each element of the top-level array `events` begins and ends: start and end byte offsets, alternating.
 * The body must be JSON (known by having been parsed) whose top is an object with that array; of repeated keys the
 * last one counts, as with JSON.parse. One pass over the bytes, no recursion.
 */
export function eventSpans(body: Uint8Array, count: number): Int32Array {
  const spans = new Int32Array(count * 2);
  let depth = 0;
  let inEvents = false;
  let isKey = false;
  let key = '';
  let index = 0;
  let start = -1;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at];
    if (byte === quote) {
      const end = stringEnd(body, at);
      if (depth === 1 && isKey) {
        key = JSON.parse(Buffer.from(body.subarray(at, end + 1)).toString()) as string;
        isKey = false;
      }
      if (inEvents && depth === 2 && start < 0) start = at;
      at = end;
    } else if (byte === openBrace || byte === openBracket) {
      if (inEvents && depth === 2 && start < 0) start = at;
      depth++;
      if (depth === 1) isKey = true;
      if (depth === 2 && byte === openBracket && key === 'events') {
        inEvents = true;
        index = 0;
      }
    } else if (byte === closeBrace || byte === closeBracket) {
      if (inEvents && depth === 2) {
        if (start >= 0) record(at);
        inEvents = false;
      }
      depth--;
    } else if (byte === comma) {
      if (depth === 1) isKey = true;
      if (inEvents && depth === 2) record(at);
    } else if (inEvents && depth === 2 && start < 0 && byte !== undefined && byte > 32) {
      start = at;
    }
  }
  return spans;

  function record(end: number): void {
    // An earlier array under the same key may be longer than the one that counts: writes past the end are no-ops.
    let last = end;
    while ((body[last - 1] ?? 0) <= 32) last--;
    spans[index * 2] = start;
    spans[index * 2 + 1] = last;
    index++;
    start = -1;
  }
}

/** Offset of the quote that closes the string opened at `at`. */
function stringEnd(body: Uint8Array, at: number): number {
  let end = at + 1;
  while (body[end] !== quote) end += body[end] === backslash ? 2 : 1;
  return end;
}
