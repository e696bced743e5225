/**
 * Changes planted into the source of a process when it is loaded, for tests alone: the product has no switch for them.
 * `quick`: the same behaviour with shorter patience, so that a seed takes seconds. The others switch a guard off.
 */
export interface Plant {
  /** End of the file's path. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const driver = 'services/engines/event-log';

export const plants = {
  quick: [
    { file: `${driver}/kafka.ts`, from: 'sessionTimeoutMs = 10_000', to: 'sessionTimeoutMs = 2_500' },
    { file: `${driver}/kafka-client.ts`, from: 'requestTimeoutMs = 15_000', to: 'requestTimeoutMs = 1_500' },
    { file: `${driver}/kafka-client.ts`, from: 'retries: 5', to: 'retries: 2' },
    {
      file: 'services/engines/warehouse/clickhouse.ts',
      from: 'insertTimeoutMs = 60_000',
      to: 'insertTimeoutMs = 1_500',
    },
    {
      file: 'services/stratify/persistent-retry.ts',
      from: 'longestWaitMs = 10_000',
      to: 'longestWaitMs = 500',
    },
    { file: 'services/stratify/create-stratifier.ts', from: 'lagEveryMs = 2_000', to: 'lagEveryMs = 250' },
  ],
  /**
   * The client's own way to avoid duplicates, which loses records instead. A producer that met a fault is put away for
   * a new one, which by itself undoes most of that: so it stays, too.
   */
  'idempotent-producer': [
    { file: `${driver}/kafka.ts`, from: 'idempotent: false', to: 'idempotent: true' },
    {
      file: `${driver}/kafka.ts`,
      from: 'isSpoilt: (error) => !isBrokersAnswer(error)',
      to: 'isSpoilt: () => false',
    },
  ],
  /** How far the log was taken is written before the rows that it speaks of, with a moment between for a fault to hit. */
  'progress-before-rows': [
    {
      file: 'services/stratify/flush.ts',
      from: 'const beganMs = clock();',
      to: `const beganMs = clock();
      await retry(() => writeProgress(warehouse, chunks.map(({ partition, nextOffset: next_offset }) =>
        ({ topic: eventsTopic, log_id: logId, generation, partition, next_offset }))));
      await new Promise((resolve) => setTimeout(resolve, 300));`,
    },
  ],
} as const satisfies Record<string, readonly Plant[]>;

export type PlantName = keyof typeof plants;
