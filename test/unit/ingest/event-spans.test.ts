import fc from 'fast-check';
import { expect, test } from 'vitest';

import { eventSpans } from '../../../services/ingest/event-spans.ts';

function spansOf(body: string, count: number): string[] {
  const bytes = Buffer.from(body);
  const spans = eventSpans(bytes, count);
  return Array.from({ length: count }, (_, i) => bytes.toString('utf8', spans[i * 2], spans[i * 2 + 1]));
}

test('finds each event as it came, whatever stands around it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue()),
      fc.jsonValue(),
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.constantFrom(0, 2, '\t'),
      (events, inner, other, indent) => {
        const body = JSON.stringify(
          { ...other, a: { events: [inner] }, events, z: ['events', inner] },
          null,
          indent,
        );
        const found = spansOf(body, events.length);
        expect(found.map((text) => JSON.parse(text) as unknown)).toEqual(JSON.parse(JSON.stringify(events)));
        for (const text of found) expect(text).toBe(text.trim());
      },
    ),
    { numRuns: 500 },
  );
});

test('of repeated lists the last one counts, as for JSON.parse, also when its name is written with escapes', () => {
  expect(spansOf('{"events":[1,2,3],"events":[ {"a":[1]} , "x,]" ]}', 2)).toEqual(['{"a":[1]}', '"x,]"']);
  expect(spansOf('{"events":[1],"\\u0065vents":[9]}', 1)).toEqual(['9']);
  expect(spansOf('{"x":"events","events":[]}', 0)).toEqual([]);
});
