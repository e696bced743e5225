import { expect, it } from 'vitest';

import { findingsOf } from '../../../services/engines/event-log/kafka-topic-findings.ts';
import { topics } from '../../../services/engines/event-log/topics.ts';

const [events] = topics;
if (events === undefined) throw new Error('no topics');
const safe = { 'min.insync.replicas': '2', 'unclean.leader.election.enable': 'false' };
const config = (changed: Record<string, string>) =>
  new Map(Object.entries({ ...events.config, ...safe, ...changed }));
const sound = { partitions: 16, replicas: 3, config: config({}) };

it('finds nothing in a topic as it should be, or one that keeps more', () => {
  expect(findingsOf(events, sound)).toEqual([]);
  const longer = config({ 'retention.ms': '-1', 'max.message.bytes': '999999999' });
  expect(findingsOf(events, { ...sound, replicas: 5, config: longer })).toEqual([]);
});

it.each([
  ['partitions', { ...sound, partitions: 12 }, 'settings', 'has 12 partitions instead of 16'],
  ['replicas', { ...sound, replicas: 2 }, 'durability', 'has 2 replicas, below 3'],
  ['in-sync replicas', { ...sound, config: config({ 'min.insync.replicas': '1' }) }, 'durability', 'below 2'],
  ['retention', { ...sound, config: config({ 'retention.ms': '1000' }) }, 'settings', 'retention.ms = 1000'],
  ['size', { ...sound, config: config({ 'max.message.bytes': '1048588' }) }, 'settings', 'max.message.bytes'],
  [
    'policy',
    { ...sound, config: config({ 'cleanup.policy': 'compact' }) },
    'settings',
    'cleanup.policy = compact',
  ],
  [
    'unclean elections',
    { ...sound, config: config({ 'unclean.leader.election.enable': 'true' }) },
    'settings',
    'can be lost',
  ],
])('tells of %s', (_, found, kind, says) => {
  expect(findingsOf(events, found)).toEqual([
    { topic: events.name, kind, says: expect.stringContaining(says) as string },
  ]);
});
