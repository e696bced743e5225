import { Kafka, logLevel, type RetryOptions, type SASLOptions } from 'kafkajs';

import type { SaslMechanism } from './kafka-address.ts';

export interface KafkaClientOptions {
  /** `host:port` of some brokers. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Connections are TLS, and the broker's certificate is checked; the authority is PEM, default those of Node. */
  readonly tls?: { readonly certificateAuthority?: string };
  readonly sasl?: { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string };
  /** A broker that answers nothing for longer is given up. */
  readonly requestTimeoutMs?: number;
  /** Told what the client complains about; never holds a record. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** About five seconds in all: a broker that restarts is waited for, one that stays away is reported. */
export const patientRetry = {
  initialRetryTime: 200,
  maxRetryTime: 2_000,
  factor: 0.2,
  multiplier: 2,
  retries: 5,
} satisfies RetryOptions;

const repeatMs = 30_000;
const maxRemembered = 100;

/** Well under a second where nobody listens. */
export const quickRetry = { ...patientRetry, retries: 1 } satisfies RetryOptions;

export function createKafkaClient(options: KafkaClientOptions, retry: RetryOptions = patientRetry): Kafka {
  const { brokers, clientId, tls, sasl, onWarning, requestTimeoutMs = 15_000 } = options;
  return new Kafka({
    brokers: [...brokers],
    clientId,
    ...(tls && { ssl: tls.certificateAuthority === undefined ? true : { ca: tls.certificateAuthority } }),
    ...(sasl && { sasl: sasl as SASLOptions }),
    connectionTimeout: 3_000,
    requestTimeout: requestTimeoutMs,
    retry,
    logLevel: onWarning === undefined ? logLevel.NOTHING : logLevel.WARN,
    logCreator: () => {
      const warn = withoutRepeats(onWarning ?? (() => undefined));
      // Only the message: the other fields may hold what was sent.
      return (entry) => {
        warn(`kafka ${entry.namespace}: ${entry.log.message}`);
      };
    },
  });
}

/** The client says the same with every try. */
function withoutRepeats(warn: (message: string) => void): (message: string) => void {
  const saidMs = new Map<string, number>();
  return (message) => {
    const nowMs = performance.now();
    if (nowMs - (saidMs.get(message) ?? -Infinity) < repeatMs) return;
    if (saidMs.size === maxRemembered) saidMs.clear();
    saidMs.set(message, nowMs);
    warn(message);
  };
}
