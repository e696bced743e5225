import { join } from 'node:path';

import { TacitError } from '../../../schemas/errors.ts';
import { createEmbeddedEventLog } from './embedded.ts';
import type { EventLog } from './event-log.ts';
import { createKafkaEventLog } from './kafka.ts';

export interface OpenEventLogOptions {
  /** `embedded:` or `kafka://host:port,host:port/name`; with a name, topics and groups begin with it and a dot. */
  readonly url: string;
  /** The embedded log lies in its folder `log`. */
  readonly dataDir: string;
  /** Milliseconds since the epoch. */
  clock(): number;
  readonly clientId?: string;
  /** Told what the driver complains about; never holds a record. */
  readonly onWarning?: (message: string) => void;
}

/**
 * Opens the event log that the URL names.
 * @throws TacitError `configuration` for another URL, `log_unavailable` or `disk_full` when it cannot be opened.
 */
export async function openEventLog(options: OpenEventLogOptions): Promise<EventLog> {
  const { url, dataDir, clock, clientId = 'tacit', onWarning } = options;
  if (url === 'embedded:') return createEmbeddedEventLog({ path: join(dataDir, 'log'), clock });
  return createKafkaEventLog({ ...partsOfUrl(url), clientId, onWarning });
}

function partsOfUrl(url: string): { brokers: string[]; prefix: string } {
  const [, all = '', name] = /^kafka:\/\/([^/\s]+)(?:\/([\w-]*))?$/.exec(url) ?? [];
  const brokers = all.split(',');
  if (!brokers.every((host) => /^[^\s:]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i.test(host))) {
    throw new TacitError('configuration', 'the event log is "embedded:" or "kafka://host:port,host:port"', {
      details: { url },
    });
  }
  return { brokers, prefix: name === undefined || name === '' ? '' : `${name}.` };
}
