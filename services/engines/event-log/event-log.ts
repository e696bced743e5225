/**
 * The event log port: an append-only, partitioned, durable log. Drivers: `embedded` (LMDB, in the process) and
 * `kafka`. One conformance suite runs on both (`test/conformance/event-log.ts`).
 */

export interface NewRecord {
  /** Records of one key keep their order and share a partition; `tables` keep the last record of each key. */
  readonly key: string;
  /** Header of the record: what it holds, for instance an event type. */
  readonly type: string;
  /** Header of the record: version of the value's schema. */
  readonly version: number;
  /** JSON text. */
  readonly value: string;
}

export interface StoredRecord extends NewRecord {
  readonly offset: number;
}

/** A run of records of one partition, in order; offsets ascend but may have gaps. */
export interface Chunk {
  readonly partition: number;
  readonly records: readonly StoredRecord[];
  /** Offset to go on from once this chunk is done with. */
  readonly nextOffset: number;
}

export interface PartitionOffsets {
  readonly partition: number;
  /** First offset still held. */
  readonly low: number;
  /** Offset that the next record will take. */
  readonly high: number;
}

export interface ConsumeOptions {
  readonly topic: string;
  /** Consumers of one group share the partitions, where the driver has groups. */
  readonly group: string;
  readonly maxRecordsPerChunk: number;
  /**
   * Asked when a partition is assigned, before its first chunk: the offset to begin at. It is the warehouse's
   * progress; the log's own committed offsets are a hint for lag displays only.
   */
  startFrom(partition: number, offsets: PartitionOffsets): Promise<number>;
  /**
   * How many chunks of one partition may be in hand at once, in their order; 1. It is more than one in a backlog only,
   * and not with a driver whose partitions overlap.
   */
  readonly chunksInHand?: number;
  /**
   * Handles one chunk; resolves when it is durably done with. Chunks of one partition come one after the other, but for
   * `chunksInHand`; chunks of several partitions may overlap. A rejection ends the consumption with that error.
   */
  onChunk(chunk: Chunk): Promise<void>;
  /** The partition was taken away; called after its `startFrom` and its last `onChunk` have settled. */
  onRevoked?(partition: number): void;
}

export interface Consumption {
  /**
   * Settles when the consumption has ended: resolves after `stop`, rejects with the fault that ended it. Watch it at
   * once: unwatched, a fault is an unhandled rejection, and ends the process.
   */
  readonly done: Promise<void>;
  /** Takes no new chunk, waits for those in hand, leaves the group. */
  stop(): Promise<void>;
}

export interface Following {
  /** As that of a consumption. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

export interface EventLogCapabilities {
  /** Several processes may consume one topic and share its partitions. */
  readonly sharedConsumption: boolean;
  /** `trim` frees records; elsewhere the log's own retention does. */
  readonly trims: boolean;
}

export interface TopicFinding {
  readonly topic: string;
  /** `durability`: a record can be lost with one machine, which is how it is where there is one only. */
  readonly kind: 'settings' | 'durability';
  readonly says: string;
}

export interface EventLogSizes {
  /** Bytes held by records. */
  readonly liveBytes: number;
  /** Bytes of the files on disk. */
  readonly fileBytes: number;
}

export interface EventLog {
  readonly driver: 'embedded' | 'kafka';
  readonly capabilities: EventLogCapabilities;
  /** Names this log: another one in its stead has another id. Throws `log_unavailable`. */
  logId(topic: string): Promise<string>;
  /** Makes the topics that are missing, with the settings of `topics.ts`. */
  createTopics(): Promise<void>;
  /** What of the topics is not as it should be; nothing is changed. */
  inspectTopics(): Promise<readonly TopicFinding[]>;
  offsets(topic: string): Promise<readonly PartitionOffsets[]>;
  /**
   * Appends all records, in order. Resolves when they are durable: acknowledged by all in-sync replicas, or synced
   * to disk. When it rejects (`log_unavailable`, `disk_full`, `record_too_large`) the fate of the records is unknown.
   */
  append(topic: string, records: readonly NewRecord[]): Promise<void>;
  /** Begins to consume; resolves once the consumer runs. */
  consume(options: ConsumeOptions): Promise<Consumption>;
  /**
   * Reads a whole topic from its start and stays on it. Resolves when everything that was there at the call has
   * been handed over.
   */
  follow(topic: string, onRecord: (record: StoredRecord) => void): Promise<Following>;
  /** Frees records below the offset that are older than the age. Only where `capabilities.trims`. */
  trim(topic: string, partition: number, belowOffset: number, olderThanMs: number): Promise<void>;
  sizes(): Promise<EventLogSizes | undefined>;
  close(): Promise<void>;
}
