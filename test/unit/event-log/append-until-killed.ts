/** Appends numbered records, several appends at a time, and tells its parent which are acknowledged. */
import { setImmediate as nextTurn } from 'node:timers/promises';

import { createEmbeddedEventLog } from '../../../services/engines/event-log/embedded.ts';
import { record, topicNamed } from '../../conformance/event-log-support.ts';

const log = await createEmbeddedEventLog({
  path: process.argv[2] ?? '',
  topics: [topicNamed('events', 1)],
  clock: () => 1_000,
});
for (let n = 0; ; n += 4) {
  await Promise.all([0, 1, 2, 3].map((i) => log.append('events', [record(n + i)])));
  process.send?.(n + 3);
  await nextTurn();
}
