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
 * @param capacity identities remembered
 */
export function createRepeatStep(capacity: number): RepeatStep {
  /** By event id, which other annotators and apps may use too: then the window remembers the latest of them. */
  const firsts = new Map<string, FirstDelivery>();
  return function findRepeat(delivery) {
    const { event, place } = delivery;
    const first = firsts.get(event.event_id);
    const known = first?.annotatorId === event.annotator_id && first.app === event.app;
    if (known && place > first.place) return { kind: 'repeat', firstPlace: first.place };
    firsts.set(event.event_id, { annotatorId: event.annotator_id, app: event.app, place });
    if (firsts.size > capacity) forgetOldest(firsts);
    return { kind: 'continue', value: delivery };
  };
}

function forgetOldest(firsts: Map<string, unknown>): void {
  for (const oldest of firsts.keys()) {
    firsts.delete(oldest);
    return;
  }
}
