import { join } from 'node:path';

import { TacitError } from '../../../schemas/errors.ts';
import { createEmbeddedEventLog } from './embedded.ts';
import type { EventLog } from './event-log.ts';
import { kafkaAddressFromUrl, kafkaUrlForm, type SaslMechanism } from './kafka-address.ts';
import { createKafkaEventLog } from './kafka.ts';

export interface OpenEventLogOptions {
  /**
   * `embedded:` or `kafka[s]://[user:password@]host:port,host:port/name`; with a name, topics and groups begin with it
   * and a dot.
   */
  readonly url: string;
  /** The embedded log lies in its folder `log`. */
  readonly dataDir: string;
  /** Milliseconds since the epoch. */
  clock(): number;
  readonly clientId?: string;
  /** How a user of the URL proves to be it. */
  readonly saslMechanism?: SaslMechanism;
  /** PEM of who signed the brokers' certificates; undefined: the authorities that everybody trusts. */
  readonly certificateAuthority?: string | undefined;
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
  const address = kafkaAddressFromUrl(url);
  if (!address) throw new TacitError('configuration', `the event log is "embedded:" or ${kafkaUrlForm}`);
  const { brokers, prefix, tls, user } = address;
  const { saslMechanism: mechanism = 'scram-sha-512', certificateAuthority } = options;
  return createKafkaEventLog({
    ...{ brokers, prefix, clientId, onWarning },
    ...(tls && { tls: certificateAuthority === undefined ? {} : { certificateAuthority } }),
    ...(user && { sasl: { mechanism, ...user } }),
  });
}
