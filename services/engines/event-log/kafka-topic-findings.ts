import kafkajs from 'kafkajs';

import type { TopicFinding } from './event-log.ts';
import type { KafkaAdmin } from './kafka-admin.ts';
import type { TopicSettings } from './topics.ts';

const safeReplicas = 3;
const safeInSync = 2;
const inSyncSetting = 'min.insync.replicas';
const uncleanSetting = 'unclean.leader.election.enable';

/**
 * What of the topics differs from how they should be, `tacit topics` leaving those that exist as they are. Retention
 * may be longer than ours.
 */
export async function kafkaTopicFindings(
  admin: KafkaAdmin,
  settings: readonly TopicSettings[],
): Promise<TopicFinding[]> {
  const present = new Set(await admin.ask((asked) => asked.listTopics()));
  const made = settings.filter(({ name }) => present.has(name));
  const missing = settings
    .filter(({ name }) => !present.has(name))
    .map(({ name }): TopicFinding => ({
      topic: name,
      kind: 'settings',
      says: 'is missing: run tacit topics',
    }));
  if (made.length === 0) return missing;

  const names = made.map(({ name }) => name);
  const { topics } = await admin.ask((asked) => asked.fetchTopicMetadata({ topics: names }));
  const { resources } = await admin.ask((asked) =>
    asked.describeConfigs({
      includeSynonyms: false,
      resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
    }),
  );
  return [
    ...missing,
    ...made.flatMap((topic) => {
      const partitions = topics.find(({ name }) => name === topic.name)?.partitions ?? [];
      const entries = resources.find(({ resourceName }) => resourceName === topic.name)?.configEntries ?? [];
      const config = new Map(entries.map(({ configName, configValue }) => [configName, configValue]));
      const replicas = Math.min(...partitions.map((partition) => partition.replicas.length));
      return findingsOf(topic, { partitions: partitions.length, replicas, config });
    }),
  ];
}

interface Found {
  readonly partitions: number;
  /** Of the partition with the fewest. */
  readonly replicas: number;
  readonly config: ReadonlyMap<string, string>;
}

/** Judges one topic. */
export function findingsOf(topic: TopicSettings, found: Found): TopicFinding[] {
  const findings: TopicFinding[] = [];
  const say = (kind: TopicFinding['kind'], says: string) => {
    findings.push({ topic: topic.name, kind, says });
  };
  if (found.partitions !== topic.partitions) {
    const [is, should] = [String(found.partitions), String(topic.partitions)];
    say(
      'settings',
      `has ${is} partitions instead of ${should}: their number must never change, or keys move`,
    );
  }
  for (const [name, wanted] of Object.entries(topic.config)) {
    const value = found.config.get(name);
    if (value === undefined || value === wanted) continue;
    const atLeast = name === 'retention.ms' || name === 'max.message.bytes';
    if (atLeast && (value === '-1' || Number(value) >= Number(wanted))) continue;
    say('settings', `has ${name} = ${value} instead of ${wanted}`);
  }
  if (found.config.get(uncleanSetting) === 'true') {
    say('settings', `has ${uncleanSetting} = true: acknowledged records can be lost`);
  }
  if (found.replicas < safeReplicas) {
    say('durability', `has ${String(found.replicas)} replicas, below ${String(safeReplicas)}`);
  }
  const inSync = Number(found.config.get(inSyncSetting) ?? 1);
  if (inSync < safeInSync) {
    say('durability', `has ${inSyncSetting} = ${String(inSync)}, below ${String(safeInSync)}`);
  }
  return findings;
}
