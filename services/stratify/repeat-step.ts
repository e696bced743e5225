import type { Outcome } from './outcome.ts';
import type { Delivery } from './stratified-record.ts';

interface FirstDelivery {
  readonly annotatorId: string;
  readonly app: string;
  readonly place: number;
}

export type RepeatStep = (delivery: Delivery) => Outcome<Delivery>;

/**
 * Notices deliveries of an identity that came a short while ago. A hint for counters and stamps only, the warehouse
 * decides for good: so the window may be small, and may forget.
 *
 * Only a greater place is a repeat. The same place again is the same delivery, handed over once more after a crash.
 * @param capacity identities surely remembered; up to twice as many are
 */
export function createRepeatStep(capacity: number): RepeatStep {
  // Two generations by event id, which other annotators and apps may use too: then the window remembers the latest of
  // them. Deleting a Map's oldest key one by one would scan the holes of all keys deleted before it.
  let young = new Map<string, FirstDelivery>();
  let old = new Map<string, FirstDelivery>();
  return function findRepeat(delivery) {
    const { event, place } = delivery;
    const first = young.get(event.event_id) ?? old.get(event.event_id);
    const known = first?.annotatorId === event.annotator_id && first.app === event.app;
    if (known && place > first.place) return { kind: 'repeat', firstPlace: first.place };
    if (young.size >= capacity) {
      old = young;
      young = new Map();
    }
    young.set(event.event_id, { annotatorId: event.annotator_id, app: event.app, place });
    return { kind: 'continue', value: delivery };
  };
}
