import kafkajs, { type ITopicConfig } from 'kafkajs';

import type { PartitionOffsets } from './event-log.ts';
import type { KafkaAdmin } from './kafka-admin.ts';
import { maxProduceBytes, type TopicSettings } from './topics.ts';

/** Left of a topic's limit for the framing of a batch. */
const batchOverheadBytes = 16 * 1024;
const safeReplicas = 3;

/** Makes the topics that are missing. Those that exist stay as they are, their partition count above all. */
export async function createMissingTopics(
  admin: KafkaAdmin,
  settings: readonly TopicSettings[],
): Promise<void> {
  const present = new Set(await admin.ask((asked) => asked.listTopics()));
  const missing = settings.filter(({ name }) => !present.has(name));
  if (missing.length === 0) return;
  const { brokers } = await admin.ask((asked) => asked.describeCluster());
  const replicationFactor = Math.min(safeReplicas, brokers.length);
  const configs = missing.map((topic) => topicConfig(topic, replicationFactor));
  await admin.ask((asked) => asked.createTopics({ topics: configs, waitForLeaders: false }));
  for (const { name } of missing) await admin.askOfNewTopic((asked) => asked.fetchTopicOffsets(name));
}

function topicConfig({ name, partitions, config }: TopicSettings, replicationFactor: number): ITopicConfig {
  const entries = Object.entries(config).map(([key, value]) => ({ name: key, value }));
  if (replicationFactor === safeReplicas) entries.push({ name: 'min.insync.replicas', value: '2' });
  return { topic: name, numPartitions: partitions, replicationFactor, configEntries: entries };
}

/** Bytes that one produce request may carry to the topic: ours, or what the topic takes if that is less. */
export async function produceLimitBytes(admin: KafkaAdmin, topic: string): Promise<number> {
  const { resources } = await admin.ask((asked) =>
    asked.describeConfigs({
      includeSynonyms: false,
      resources: [
        { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: ['max.message.bytes'] },
      ],
    }),
  );
  const value = resources[0]?.configEntries.find(
    (entry) => entry.configName === 'max.message.bytes',
  )?.configValue;
  const topicLimit = Number(value);
  return Number.isFinite(topicLimit) && topicLimit > 0
    ? Math.max(1, Math.min(maxProduceBytes, topicLimit - batchOverheadBytes))
    : maxProduceBytes;
}

export async function topicOffsets(admin: KafkaAdmin, topic: string): Promise<PartitionOffsets[]> {
  const offsets = await admin.ask((asked) => asked.fetchTopicOffsets(topic));
  return offsets
    .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
    .sort((a, b) => a.partition - b.partition);
}
