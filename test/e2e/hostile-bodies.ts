import { gzipSync } from 'node:zlib';

import { eventTypes } from '../../schemas/wire-event.ts';
import { exampleEvent } from '../support/ingest-fixture.ts';

/** One request that no well-meaning client would send. */
export interface HostileRequest {
  readonly kind: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Makes requests of every kind in turn, the same ones for the same seed. */
export function createHostileRequests(seed: number): (n: number) => HostileRequest {
  const random = seededRandom(seed);
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const bombs = [
    gzipSync(' '.repeat(64 << 20)),
    gzipSync('['.repeat(32 << 20)),
    gzipSync(gzipSync(Buffer.alloc(32 << 20))),
  ];
  const numbers = [
    '1e999',
    '-1e999',
    '1e-400',
    '9'.repeat(400),
    '0.'.padEnd(300, '1'),
    '-0',
    '1E+2',
    '9007199254740993',
  ];
  const names = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'type',
    'events',
    'length',
    '0',
    '',
  ];
  const texts = [
    '',
    '\0',
    '\ud800',
    '\udfff\ud800',
    '😀',
    'x'.repeat(300),
    '2026-13-45T99:99:99Z',
    '9999-12-31T23:59:59Z',
    '1',
    'null',
  ];

  const event = () => exampleEvent(pick(eventTypes), below(1e6));
  const valid = (count: number) => ({ events: Array.from({ length: count }, event) });
  const json = (value: unknown, headers = {}) => ({ body: Buffer.from(JSON.stringify(value)), headers });
  const text = (value: string, headers = {}) => ({ body: Buffer.from(value), headers });

  function anything(depth = 3): unknown {
    const scalar = () => pick<unknown>([null, true, -1, 1.5, 1e21, 5e-324, pick(texts), below(1e9)]);
    if (depth === 0 || below(3) === 0) return scalar();
    const items = Array.from({ length: below(5) }, () => anything(depth - 1));
    return below(2) === 0 ? items : Object.fromEntries(items.map((item) => [pick(names), item]));
  }
  const mutated = () => ({ ...event(), [pick([...Object.keys(event()), ...names])]: anything() });

  const kinds: Record<string, () => { body: Buffer; headers: Record<string, string> }> = {
    'broken JSON': () => {
      const whole = JSON.stringify(valid(1 + below(5)));
      const at = below(whole.length);
      return text(
        pick([
          whole.slice(0, at),
          whole.slice(0, at) + '{}[]",:\\0e-'.charAt(below(11)) + whole.slice(at),
          whole + whole,
        ]),
      );
    },
    'wrong types': () => json({ events: Array.from({ length: below(20) }, mutated) }),
    'any JSON': () =>
      json(pick<unknown>([anything(5), { events: anything() }, { ...valid(1), sent_at: anything() }])),
    'huge numbers': () =>
      text(JSON.stringify(valid(3)).replace(/:(\d[\d.]*|true|"hello")/g, () => `:${pick(numbers)}`)),
    'deep nesting': () => {
      const depth = pick([31, 33, 1_000, 20_000, ...(below(20) === 0 ? [1_000_000] : [])]);
      const [open, close] = pick<readonly [string, string]>([
        ['[', ']'],
        ['{"a":', '}'],
      ]);
      const deep = open.repeat(depth) + '1' + (below(4) === 0 ? '' : close.repeat(depth));
      const field = pick(['extra', 'content', 'properties', 'context', 'generation', 'annotator_id', 'type']);
      const inEvent = JSON.stringify(event()).slice(0, -1) + `,"${field}":${deep}}`;
      return text(pick([deep, `{"events":${deep}}`, `{"events":[${deep},${inEvent}]}`]));
    },
    'bad UTF-8': () => {
      const { body } = json(valid(2));
      for (let i = 0; i <= below(4); i++) body[below(body.length)] = pick([0xff, 0xc0, 0x80, 0xed, 0xf8]);
      return { body, headers: below(2) === 0 ? {} : { 'content-type': 'application/x-ndjson' } };
    },
    'broken gzip': () => {
      const body = gzipSync(JSON.stringify(valid(3)));
      const headers = { 'content-encoding': 'gzip' };
      if (below(2) === 0) return { body: body.subarray(0, below(body.length)), headers };
      body[below(body.length)] = below(256);
      return { body, headers };
    },
    'zip bomb': () =>
      below(8) === 0 ? { body: pick(bombs), headers: { 'content-encoding': 'gzip' } } : text('{}'),
    'huge arrays': () => {
      if (below(30) > 0) return text(`{"events":[${'0,'.repeat(below(below(10) === 0 ? 3_000 : 200))}0]}`);
      const items = pick(['0,', '{},', '[],', '"",']).repeat(400_000);
      const inEvent = JSON.stringify(exampleEvent('turn')).slice(0, -1);
      return text(
        pick([
          `{"events":[${items}0]}`,
          `{"events":[${inEvent},"content":[${items.slice(0, 400_000)}0]}]}`,
          `{"events":[${inEvent},"over":[${items}0]}]}`,
          `{"events":[${JSON.stringify('x'.repeat(4 << 20))}]}`,
        ]),
      );
    },
    'names of JavaScript': () => {
      const members = names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(anything(2))}`).join(',');
      return text(`{"events":[{${members}},${JSON.stringify(event()).slice(0, -1)},${members}}]}`);
    },
    'repeated keys': () => {
      const one = JSON.stringify(event()).slice(0, -1);
      return text(
        `{"events":[1,2],"events":[${one},"event_id":1,${one.slice(1)}},"x"],"events":${pick(['[]', '3', `[${one}}]`])}}`,
      );
    },
    escapes: () =>
      text(
        JSON.stringify(valid(2)).replace(
          'ann',
          pick(['\\ud800', '\\u0000', '\\udc00\\ud800', '\\u00', '\\x']),
        ),
      ),
    NDJSON: () => {
      const lines = Array.from({ length: below(30) }, () =>
        pick([JSON.stringify(mutated()), '', '  ', '{', '[]', '\r', '\u2028']),
      );
      return text(lines.join('\n'), { 'content-type': 'application/x-ndjson' });
    },
    'odd headers': () => ({
      body: Buffer.from(JSON.stringify(valid(1))),
      headers: pick<Record<string, string>>([
        { 'content-type': 'application/json; charset=utf-16' },
        { 'content-type': '/' },
        { 'content-type': 'text/plain' },
        { 'content-encoding': 'br' },
        { 'content-encoding': 'gzip, gzip' },
        { 'x-sent-at': '1' },
        { authorization: 'Bearer' },
        { authorization: `Bearer tk_${'0'.repeat(16)}_${'A'.repeat(43)}` },
      ]),
    }),
    noise: () => ({ body: Buffer.from(Array.from({ length: below(200) }, () => below(256))), headers: {} }),
  };
  const entries = Object.entries(kinds);
  return (n) => {
    const [kind, make] = entries[n % entries.length] as (typeof entries)[number];
    return { kind, ...make() };
  };
}

/** mulberry32 */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
