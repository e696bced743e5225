import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

import type { RejectionCode } from '../../schemas/dead-letter.ts';
import type { ErrorCode } from '../../schemas/errors.ts';

export interface FlushReport {
  readonly rows: number;
  readonly chunks: number;
  readonly seconds: number;
}

export interface StratifyMetrics {
  repeated(deliveries: number): void;
  late(stamps: number): void;
  deadLetter(reason: RejectionCode): void;
  flushed(report: FlushReport): void;
  retried(code: ErrorCode): void;
  /** Records of a partition that the warehouse does not have yet. */
  lag(topic: string, partition: number, records: number): void;
  /** The partition is another process's now, which shows its lag. */
  revoked(topic: string, partition: number): void;
  /** @param seconds since the epoch */
  progressed(topic: string, seconds: number): void;
}

export function createStratifyMetrics(registry: Registry): StratifyMetrics {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `tacit_stratify_${name}`, help, labelNames, registers });
  const rows = counter('rows_total', 'Deliveries written to the warehouse');
  const repeats = counter(
    'repeats_total',
    'Deliveries of events seen a short while before; a hint, stats has the truth',
  );
  const late = counter(
    'late_stamps_total',
    'Stamps of events of a day that their annotator had already left',
  );
  const deadLetters = counter('dead_letters_total', 'Records of the log that could not be used, by reason', [
    'reason',
  ]);
  const retries = counter('retries_total', 'Calls of an engine that failed and were tried again, by code', [
    'code',
  ]);
  const seconds = new Histogram({
    name: 'tacit_stratify_flush_seconds',
    help: 'From the first insert of a flush to its progress',
    buckets: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    registers,
  });
  const flushRows = new Histogram({
    name: 'tacit_stratify_flush_rows',
    help: 'Deliveries in one flush',
    buckets: [1, 10, 100, 500, 1_000, 2_500, 5_000, 10_000, 20_000],
    registers,
  });
  const lag = new Gauge({
    name: 'tacit_stratify_lag_records',
    help: 'Records in the log that the warehouse does not have yet',
    labelNames: ['topic', 'partition'],
    registers,
  });
  const progress = new Gauge({
    name: 'tacit_stratify_progress_timestamp_seconds',
    help: 'When progress was last written',
    labelNames: ['topic'],
    registers,
  });
  return {
    repeated: (deliveries) => {
      repeats.inc(deliveries);
    },
    late: (stamps) => {
      late.inc(stamps);
    },
    deadLetter: (reason) => {
      deadLetters.inc({ reason });
    },
    flushed(report) {
      rows.inc(report.rows);
      seconds.observe(report.seconds);
      flushRows.observe(report.rows);
    },
    retried: (code) => {
      retries.inc({ code });
    },
    lag: (topic, partition, records) => {
      lag.set({ topic, partition: String(partition) }, records);
    },
    revoked: (topic, partition) => {
      lag.remove({ topic, partition: String(partition) });
    },
    progressed: (topic, atSeconds) => {
      progress.set({ topic }, atSeconds);
    },
  };
}
