import type { FastifyBaseLogger } from 'fastify';
import type { Registry } from 'prom-client';

import type { ReceiptAnswer } from '../../schemas/ingest-http.ts';
import type { KeyRing } from '../access/key-ring.ts';
import type { Pseudonyms } from '../access/pseudonyms.ts';
import type { Sealer } from '../access/sealing.ts';
import type { EventLog } from '../engines/event-log/event-log.ts';
import type { QuotaSettings } from './quota.ts';

export interface IngestSettings {
  /** Absent: no quota. */
  readonly quota?: QuotaSettings;
  /** Bytes of requests between arrival and answer; beyond it 503. At least two bodies. */
  readonly maxInFlightBytes: number;
  /** What a 503 of the log tells clients to wait, in whole seconds. */
  readonly retryAfterSeconds: number;
  /** A client that takes longer to send one request is cut off. */
  readonly requestTimeoutMs: number;
  /** What `close()` waits for requests in flight; then their connections are cut without an answer. */
  readonly drainTimeoutMs: number;
}

export const defaultIngestSettings: IngestSettings = {
  maxInFlightBytes: 64 * 1024 * 1024,
  retryAfterSeconds: 2,
  requestTimeoutMs: 60_000,
  drainTimeoutMs: 30_000,
};

/** Asks the warehouse what became of one request of an app. */
export type ReceiptLookup = (app: string, receipt: string) => Promise<ReceiptAnswer>;

export interface IngestOptions {
  readonly eventLog: EventLog;
  readonly keyRing: KeyRing;
  readonly pseudonyms: Pseudonyms;
  readonly sealer: Sealer;
  /** Absent where the process has no warehouse: receipts are then answered with 503. */
  readonly receipts?: ReceiptLookup;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** As many random bytes as asked for. */
  readonly random: (bytes: number) => Uint8Array;
  readonly settings: IngestSettings;
  /** `/metrics` shows all of it; other services of the process may share it. */
  readonly metricsRegistry: Registry;
  /** Absent: silent. */
  readonly logger?: FastifyBaseLogger;
}
