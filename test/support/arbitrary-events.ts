import fc from 'fast-check';

import type { EventRecord } from '../../schemas/event-record.ts';
import { eventId, eventRecordOf, noonMs, type EventFields } from './warehouse-fixture.ts';

const dayMs = 86_400_000;
const of = <Value>(...values: Value[]) => fc.constantFrom(...values);
const sometimes = <Value>(arbitrary: fc.Arbitrary<Value>) =>
  fc.option(arbitrary, { nil: undefined, freq: 3 });

const annotator = of('ann', 'bob', 'cy', 'di', 'ed', 'flo');
const session = of('s1', 's2', 's3');
const turn = of('t1', 't2', 't3', 't4', 't5', 't6');
/** Mended and plain texts: NUL, the replacement character of a lone surrogate, astral planes, quotes, line ends. */
const text = of('hello', 'a\u0000b', '\uFFFD', '\u{1F600}', `"'\\`, 'line\nend\u2028', '', '长夜');
/** Days apart, in one millisecond, at midnight, and twenty years back. */
const occurred = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 40 }).map((hours) => noonMs + hours * 3_600_000) },
  { weight: 3, arbitrary: fc.integer({ min: -3, max: 3 }).map((ms) => noonMs + dayMs / 2 + ms) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 60 }).map((days) => noonMs + days * dayMs) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 20 }).map((years) => noonMs - years * 365 * dayMs) },
  {
    weight: 1,
    arbitrary: of(Date.UTC(2000, 0, 1), noonMs + 23 * 3_600_000),
  },
);
const skew = of(
  0,
  0,
  0,
  200,
  59_000,
  61_000,
  -7_200_000,
  5 * dayMs,
  -400 * dayMs,
  253_402_300_799_999 - noonMs,
);

const times = fc.record({
  occurred_ms: occurred,
  occurred_us: of(0, 0, 999),
  seq: of(0, 0, 1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
  transportMs: of(0, 20, 3_000),
  skewMs: sometimes(skew),
  utc_offset_minutes: sometimes(of(-720, 0, 840)),
});

const said = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: of('turn' as const),
      turn_id: turn,
      // A turn may be its own parent, or a circle of several.
      parent_turn_id: sometimes(turn),
      role: of('user', 'assistant', 'assistant', 'system'),
      content: text,
      reply_id: sometimes(of('r1', 't1')),
      conversation_id: sometimes(of('c1')),
      character_id: sometimes(of('x')),
      context_id: sometimes(of('k')),
      model_version: sometimes(of('m1', 'm2')),
      finish_reason: sometimes(of('stop', 'length')),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: of('like' as const), turn_id: turn, value: of(1, -1, 0) }) },
  { weight: 2, arbitrary: fc.record({ type: of('regenerate' as const), turn_id: turn }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: of('choose' as const), turn_id: turn, over: of(['t1'], ['t2', 't3']) }),
  },
  { weight: 1, arbitrary: fc.record({ type: of('edit' as const), turn_id: turn, content: text }) },
  { weight: 1, arbitrary: fc.record({ type: of('retract' as const), turn_id: turn }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: of('session_duration' as const),
      total_ms: fc.integer({ min: 0, max: 1e7 }),
      active_ms: fc.integer({ min: 0, max: 1e7 }),
      ended: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: of('metric' as const), name: of('m'), value: fc.integer() }) },
  { weight: 1, arbitrary: fc.record({ type: of('annotator' as const), training: of('allowed', 'denied') }) },
);

/** One event of a small world in which ids collide on purpose; the number is its event id. */
function arbitraryEvent(number: number): fc.Arbitrary<EventRecord> {
  return fc.tuple(annotator, session, times, said).map(([annotator_id, session_id, when, what]) => {
    const { skewMs, transportMs, utc_offset_minutes, ...clock } = when;
    // The device's clock is off by the skew; what it says is off, too.
    const deviceMs = clock.occurred_ms - (skewMs ?? 0);
    const receivedMs = clock.occurred_ms + 50 + transportMs;
    const fields = {
      ...what,
      ...clock,
      annotator_id,
      session_id,
      occurred_ms: deviceMs,
      ...(skewMs === undefined ? {} : { sent_ms: deviceMs + 50 }),
      received_ms: receivedMs,
      ...(utc_offset_minutes === undefined ? {} : { utc_offset_minutes }),
      event_id: eventId(number),
    };
    const present = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    return eventRecordOf(present as EventFields);
  });
}

/** Deliveries by identity: the first one, then repeats of it and conflicts with it. */
export type Identity = readonly [first: EventRecord, ...later: EventRecord[]];

export const arbitraryIdentities: fc.Arbitrary<Identity[]> = fc
  .integer({ min: 20, max: 120 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => arbitraryIdentity(index + 1))));

function arbitraryIdentity(number: number): fc.Arbitrary<Identity> {
  return fc
    .tuple(
      arbitraryEvent(number),
      fc.array(arbitraryEvent(number), { maxLength: 1 }),
      fc.integer({ min: 0, max: 2 }),
    )
    .map(([first, conflicts, repeats]) => {
      const conflicting = conflicts.map((event) => ({ ...event, annotator_id: first.annotator_id }));
      return [first, ...Array.from({ length: repeats }, () => first), ...conflicting];
    });
}

/** The deliveries in any order, the first of each identity before its others; some delivered again at the end. */
export function arbitraryDeliveries(identities: readonly Identity[]): fc.Arbitrary<EventRecord[]> {
  const turns = identities.flatMap((identity, index) => identity.map(() => index));
  return fc
    .tuple(fc.shuffledSubarray(turns, { minLength: turns.length }), fc.subarray([...identities]))
    .map(([order, again]) => {
      const taken = identities.map(() => 0);
      const delivered = order.flatMap((index) => {
        const record = identities[index]?.[taken[index] ?? 0];
        taken[index] = (taken[index] ?? 0) + 1;
        return record ? [record] : [];
      });
      return [...delivered, ...again.map((identity) => identity[0])];
    });
}
