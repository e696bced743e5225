import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createEmbeddedEventLog } from '../../services/engines/event-log/embedded.ts';
import { describeEventLog } from './event-log.ts';
import { topicNamed } from './event-log-support.ts';

describeEventLog({
  name: 'embedded',
  async newStorage() {
    const path = await mkdtemp(join(tmpdir(), 'tacit-log-'));
    const topics = [topicNamed('narrow', 1), topicNamed('wide', 4)];
    let nowMs = 1_000_000;
    return {
      topics,
      open: () => createEmbeddedEventLog({ path, topics, clock: () => nowMs }),
      dropBelow: (log, topic, offset) => log.trim(topic, 0, offset, -1),
      passTime: (ms) => {
        nowMs += ms;
      },
      remove: () => rm(path, { recursive: true }),
    };
  },
});
