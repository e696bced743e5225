import { createIdentityWindow } from './identity-window.ts';
import type { Outcome } from './outcome.ts';
import type { Delivery } from './stratified-record.ts';

export type RepeatStep = (delivery: Delivery) => Outcome<Delivery>;

/**
 * Notices deliveries of an identity that came a short while ago. A hint for counters and stamps only, the warehouse
 * decides for good: so the window may be small, and may forget.
 *
 * Only a greater place is a repeat. The same place again is the same delivery, handed over once more after a crash.
 * @param capacity identities surely remembered; up to twice as many are
 */
export function createRepeatStep(capacity: number): RepeatStep {
  const window = createIdentityWindow(capacity);
  return function findRepeat(delivery) {
    const firstPlace = window.meet(delivery.event, delivery.place);
    return firstPlace === undefined ? { kind: 'continue', value: delivery } : { kind: 'repeat', firstPlace };
  };
}
