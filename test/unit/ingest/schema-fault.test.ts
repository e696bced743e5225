import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';

import { eventTypes, wireEvent } from '../../../schemas/wire-event.ts';
import { isGuid } from '../../../services/ingest/guid.ts';
import { schemaFault } from '../../../services/ingest/schema-fault.ts';
import { exampleEvent } from '../../support/ingest-fixture.ts';

const guidTexts = fc.oneof(
  fc.uuid(),
  fc.uuid().map((text) => text.toUpperCase()),
  fc
    .tuple(fc.uuid(), fc.nat(35), fc.constantFrom('', 'g', '-', 'F', 'é', '\u0661', '\u0130', '\n', '0'))
    .map(([text, at, other]) => text.slice(0, at) + other + text.slice(at + 1)),
  fc.uuid().map((text) => `${text}\n`),
  fc.stringMatching(/^[0-9a-fA-F-]{36}$/),
);

test('what counts as a UUID is what the contract says', () => {
  const contract = z.guid();
  fc.assert(
    fc.property(fc.oneof(guidTexts, fc.anything()), (value) => {
      expect(isGuid(value)).toBe(contract.safeParse(value).success);
    }),
    { numRuns: 3_000 },
  );
});

test('an event has a fault exactly when the contract does not know it', () => {
  const events = fc
    .tuple(
      fc.constantFrom(...eventTypes, 'Turn', '__proto__'),
      fc.oneof(guidTexts, fc.anything()),
      fc.option(fc.tuple(fc.nat(12), fc.jsonValue({ maxDepth: 2 }))),
    )
    .map(([type, id, other]) => {
      const event: Record<string, unknown> = { ...exampleEvent(type), event_id: id };
      if (!other) return event;
      const names = Object.keys(event);
      return { ...event, [names[other[0] % names.length] ?? 'more']: other[1] };
    });
  fc.assert(
    fc.property(events, (event) => {
      expect(schemaFault(event) === undefined).toBe(wireEvent.safeParse(event).success);
    }),
    { numRuns: 3_000 },
  );
});
