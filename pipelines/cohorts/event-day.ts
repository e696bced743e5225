const dayMs = 86_400_000;
const toleranceMs = 60_000;
const earliestMs = Date.UTC(2000, 0, 1);
const aheadOfReceiptMs = 23 * 3_600_000;

export interface EventTimes {
  readonly occurred_ms: number;
  readonly received_ms: number;
  readonly sent_ms?: number | undefined;
}

/**
 * Day (UTC date, as days since 1970) of an event by corrected time, its request alone telling how far the device's
 * clock is off. The view `events_timed` knows all requests of the session, and may put it elsewhere.
 */
export function dayOfEvent({
  occurred_ms: occurredMs,
  received_ms: receivedMs,
  sent_ms: sentMs,
}: EventTimes): number {
  const offMs = sentMs === undefined ? 0 : receivedMs - sentMs;
  const correctedMs = Math.abs(offMs) > toleranceMs ? occurredMs + offMs : occurredMs;
  return Math.floor(Math.max(earliestMs, Math.min(correctedMs, receivedMs + aheadOfReceiptMs)) / dayMs);
}
