import type {
  EventLog,
  Following,
  NewRecord,
  StoredRecord,
} from '../../services/engines/event-log/event-log.ts';

export interface MemoryEventLog extends EventLog {
  /** Everything appended to a topic, in order. */
  records(topic: string): readonly StoredRecord[];
  /** The next appends wait for this before they settle; reject it to make them fail. */
  gate: Promise<void>;
}

/** An event log in an array, for tests of what stands before it. Not durable, does not consume. */
export function createMemoryEventLog(): MemoryEventLog {
  const topics = new Map<string, StoredRecord[]>();
  const followers = new Set<{ topic: string; onRecord: (record: StoredRecord) => void }>();
  const records = (topic: string) => {
    let stored = topics.get(topic);
    if (!stored) topics.set(topic, (stored = []));
    return stored;
  };
  const log: MemoryEventLog = {
    driver: 'embedded',
    capabilities: { sharedConsumption: false, trims: false },
    gate: Promise.resolve(),
    records,
    logId: (topic) => Promise.resolve(`memory-${topic}`),
    createTopics: () => Promise.resolve(),
    offsets: (topic) => log.gate.then(() => [{ partition: 0, low: 0, high: records(topic).length }]),
    async append(topic, appended: readonly NewRecord[]) {
      await log.gate;
      for (const record of appended) {
        const stored = { ...record, offset: records(topic).length };
        records(topic).push(stored);
        for (const follower of followers) if (follower.topic === topic) follower.onRecord(stored);
      }
    },
    consume: () => Promise.reject(new Error('this log does not consume')),
    follow(topic, onRecord): Promise<Following> {
      const follower = { topic, onRecord };
      followers.add(follower);
      records(topic).forEach(onRecord);
      const ended = Promise.withResolvers<undefined>();
      const stop = () => {
        followers.delete(follower);
        ended.resolve(undefined);
        return Promise.resolve();
      };
      return Promise.resolve({ done: ended.promise, stop });
    },
    trim: () => Promise.resolve(),
    inspectTopics: () => Promise.resolve([]),
    sizes: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
  return log;
}
