/** How a user proves to be it. */
export const saslMechanisms = ['scram-sha-512', 'scram-sha-256', 'plain'] as const;
export type SaslMechanism = (typeof saslMechanisms)[number];

/** Where a Kafka cluster is and who comes in. Holds a secret: never print it. */
export interface KafkaAddress {
  /** `host:port` of some brokers. */
  readonly brokers: readonly string[];
  /** Goes before the name of every topic and group; '' or ends in a dot. */
  readonly prefix: string;
  readonly tls: boolean;
  readonly user?: { readonly username: string; readonly password: string };
}

export const kafkaUrlForm = 'kafka://host:port,host:port (kafkas://user:password@host:port with TLS)';

const form = /^(kafkas?):\/\/(?:([^\s/@:,]+):([^\s/@:,]+)@)?([^\s/@]+)(?:\/([\w-]*))?$/;
const broker = /^(?:[^\s:[\]]+|\[[0-9a-f:]+\]):\d{1,5}$/i;

/**
 * Reads `kafka[s]://[user:password@]host:port,…[/name]`; user and password are percent-encoded.
 * @returns undefined for anything else
 */
export function kafkaAddressFromUrl(url: string): KafkaAddress | undefined {
  const [, scheme, username, password, hosts = '', name = ''] = form.exec(url) ?? [];
  const brokers = hosts.split(',');
  if (!brokers.every((host) => broker.test(host))) return undefined;
  const address = { brokers, prefix: name === '' ? '' : `${name}.`, tls: scheme === 'kafkas' };
  if (username === undefined || password === undefined) return address;
  try {
    return {
      ...address,
      user: { username: decodeURIComponent(username), password: decodeURIComponent(password) },
    };
  } catch {
    return undefined;
  }
}
