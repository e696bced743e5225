import type { WorldRequest } from './session-requests.ts';

/**
 * Puts neighbouring requests together, as a product's own backend would, in the same order. Requests of devices with a
 * wrong clock stay alone, since a request has one time of sending. @param mostEvents in one request, at least one request's
 */
export function* mergedRequests(
  requests: Iterable<WorldRequest>,
  mostEvents: number,
): Generator<WorldRequest> {
  let open: WorldRequest | undefined;
  for (const request of requests) {
    if (open !== undefined && joins(open, request, mostEvents)) {
      const { sentAtMs } = request;
      const events = [...open.events, ...request.events];
      open = { sentAtMs, clockOffsetMs: 0, events, repeats: open.repeats + request.repeats };
      continue;
    }
    if (open !== undefined) yield open;
    open = request;
  }
  if (open !== undefined) yield open;
}

function joins(open: WorldRequest, next: WorldRequest, mostEvents: number): boolean {
  return (
    open.clockOffsetMs === 0 &&
    next.clockOffsetMs === 0 &&
    open.events.length + next.events.length <= mostEvents
  );
}
