/** A record of the topic `tacit.events`, as far as the steps look into it; the warehouse checks the rest. */
export interface StratifiedRecord {
  readonly app: string;
  readonly annotator_id: string;
  readonly event_id: string;
  readonly type: string;
  readonly session_id?: string | undefined;
  readonly occurred_ms: number;
  readonly received_ms: number;
  readonly sent_ms?: number | undefined;
  readonly turn_id?: string | undefined;
  readonly role?: string | undefined;
  readonly reply_id?: string | undefined;
  readonly value?: number | undefined;
}

/** A delivery: a record with its place in the log. */
export interface Delivery {
  readonly event: StratifiedRecord;
  /** Generation of the log * 2^48 + offset. */
  readonly place: number;
}

/** First place of a generation. */
export const placesOfGeneration = 2 ** 48;
