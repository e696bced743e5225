/** Every topic with all its settings. `tacit topics` makes those that are missing. */

export interface TopicSettings {
  readonly name: string;
  readonly partitions: number;
  /** `table`: only the last record of each key matters, for ever. */
  readonly kind: 'stream' | 'table';
  /** Broker settings, as Kafka names them. */
  readonly config: Readonly<Record<string, string>>;
}

/** A produce request is split at this size; the topic's limit is twice that. */
export const maxProduceBytes = 4 * 1024 * 1024;
const maxMessageBytes = String(2 * maxProduceBytes);
const weekMs = String(7 * 24 * 3_600_000);

export const eventsTopic = 'tacit.events';
export const deadLettersTopic = 'tacit.dead-letters';
/** API keys, and the fingerprint of the pseudonym key. */
export const registryTopic = 'tacit.registry';

export const topics: readonly TopicSettings[] = [
  {
    name: eventsTopic,
    partitions: 16,
    kind: 'stream',
    config: { 'cleanup.policy': 'delete', 'retention.ms': weekMs, 'max.message.bytes': maxMessageBytes },
  },
  {
    name: deadLettersTopic,
    partitions: 4,
    kind: 'stream',
    config: { 'cleanup.policy': 'delete', 'retention.ms': weekMs, 'max.message.bytes': maxMessageBytes },
  },
  {
    name: registryTopic,
    partitions: 1,
    kind: 'table',
    config: {
      'cleanup.policy': 'compact',
      'min.cleanable.dirty.ratio': '0.1',
      'max.message.bytes': maxMessageBytes,
    },
  },
];
