import type { WireEvent } from '../../schemas/wire-event.ts';
import type { WorldRequest } from './session-requests.ts';

/**
 * The events of a request as they would be had the device's clock been right: for files, where no time of sending is
 * left by which ingest could correct them.
 */
export function eventsByTrueClock(request: WorldRequest): WireEvent[] {
  const { clockOffsetMs, events } = request;
  if (clockOffsetMs === 0) return events;
  return events.map((event) => {
    const trueMs = Date.parse(event.occurred_at) - clockOffsetMs;
    return { ...event, occurred_at: new Date(trueMs).toISOString() };
  });
}
