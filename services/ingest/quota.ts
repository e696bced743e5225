/** A token bucket for each key. */
export interface QuotaSettings {
  /** Events a second that each key may send in the long run. */
  readonly eventsPerSecond: number;
  /** Events that a key may send at once after a pause. */
  readonly burst: number;
}

export interface Quota {
  /**
   * Takes the events of one request. A request larger than the burst passes when the bucket is full, and the key then
   * waits until the debt is paid.
   * @returns 0 when the events may pass, else whole seconds after which they could
   */
  take(keyId: string, events: number, nowMs: number): number;
}

export function createQuota(settings: QuotaSettings | undefined): Quota {
  if (!settings) return { take: () => 0 };
  const { eventsPerSecond, burst } = settings;
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return {
    take(keyId, events, nowMs) {
      const bucket = buckets.get(keyId) ?? { tokens: burst, atMs: nowMs };
      const elapsedMs = Math.max(0, nowMs - bucket.atMs);
      bucket.tokens = Math.min(burst, bucket.tokens + (elapsedMs / 1000) * eventsPerSecond);
      bucket.atMs = nowMs;
      buckets.set(keyId, bucket);
      const needed = Math.min(events, burst);
      if (bucket.tokens < needed) return Math.max(1, Math.ceil((needed - bucket.tokens) / eventsPerSecond));
      bucket.tokens -= events;
      return 0;
    },
  };
}
