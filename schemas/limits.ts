/** Limits on what one request and one event may hold. All sizes are decoded bytes, all times milliseconds. */
export const limits = {
  bodyBytes: 5 * 1024 * 1024,
  eventsPerRequest: 5_000,
  /** `turn` and `edit` carry a text. */
  textEventBytes: 512 * 1024,
  otherEventBytes: 32 * 1024,
  propertiesPerEvent: 50,
  /** Replies in the `over` of a `choose`. */
  choices: 64,
  /** Nesting of fields that the contract does not name; they are kept as they came. */
  extraDepth: 32,
  idLength: 256,
  earliestOccurredMs: Date.UTC(2000, 0, 1),
  aheadOfReceiptMs: 23 * 3_600_000,
  /** A device clock is corrected only when it is off by more than this. */
  skewToleranceMs: 60_000,
  treeDepth: 1_000,
} as const;
