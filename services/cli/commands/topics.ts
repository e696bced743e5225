import { z } from 'zod';

import { topics } from '../../engines/event-log/topics.ts';
import { engineCommand } from '../command.ts';
import { tableText } from '../terminal/table.ts';

export const topicsCommand = engineCommand({
  name: 'topics',
  summary: 'make the topics of the event log that are missing, with their settings',
  examples: ['TACIT_EVENT_LOG=kafka://broker:9092 tacit topics'],
  flags: [],
  perApp: false,
  options: z.object({}),
  async run({ engines }) {
    const eventLog = await engines.bareEventLog();
    await eventLog.createTopics();
    return {
      driver: eventLog.driver,
      topics: await Promise.all(
        topics.map(async ({ name, kind }) => {
          const partitions = await eventLog.offsets(name);
          return { name, kind, partitions: partitions.length, records: records(partitions) };
        }),
      ),
    };
  },
  text: ({ topics }) =>
    tableText(
      ['topic', 'kind', 'partitions', 'records'],
      topics.map((topic) => [topic.name, topic.kind, topic.partitions, topic.records]),
    ),
});

function records(partitions: readonly { low: number; high: number }[]): number {
  return partitions.reduce((sum, { low, high }) => sum + high - low, 0);
}
