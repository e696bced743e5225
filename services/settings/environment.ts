import { join, resolve } from 'node:path';

import { z } from 'zod';

import { TacitError } from '../../schemas/errors.ts';
import {
  kafkaAddressFromUrl,
  kafkaUrlForm,
  saslMechanisms,
  type SaslMechanism,
} from '../engines/event-log/kafka-address.ts';

/** 8-2-2-4 is TACI on a telephone's keys; the registry of ports leaves it free. */
export const defaultPort = 8224;
export const embeddedUrl = 'embedded:';

const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;

/** Every variable that Tacit reads, as text. Messages never repeat a value: some are secrets. */
export const environmentSchema = z
  .object({
    TACIT_EVENT_LOG: z
      .string()
      .refine((url) => url === embeddedUrl || kafkaAddressFromUrl(url) !== undefined, {
        error: `must be embedded: or ${kafkaUrlForm}`,
      })
      .default(embeddedUrl),
    TACIT_KAFKA_SASL: z
      .enum(saslMechanisms, { error: `must be one of ${saslMechanisms.join(', ')}` })
      .default('scram-sha-512'),
    TACIT_KAFKA_CA_FILE: z.string().optional(),
    TACIT_WAREHOUSE: z
      .string()
      .refine((url) => url === embeddedUrl || isWarehouseUrl(url), {
        error: 'must be embedded: or http://user:password@host:port/database (https:// too)',
      })
      .default(embeddedUrl),
    TACIT_WAREHOUSE_CLUSTER: z
      .string()
      .regex(/^[\w-]+$/, { error: 'must be the name of a cluster, as system.clusters of ClickHouse has it' })
      .optional(),
    TACIT_DATA_DIR: z.string().optional(),
    TACIT_HOST: z
      .string()
      .min(1, { error: 'must be an address to listen on, such as 127.0.0.1' })
      .default('127.0.0.1'),
    TACIT_PORT: wholeNumber(0, 65_535, 'a port, 0 to 65535 (0 takes any free one)', defaultPort),
    TACIT_PSEUDONYMS: z
      .enum(['keyed', 'off'], { error: 'must be keyed (ids leave the app as keyed hashes) or off' })
      .default('keyed'),
    TACIT_PSEUDONYM_KEY: z
      .string()
      .min(16, { error: 'must have 16 characters or more; make one with: openssl rand -base64 32' })
      .optional(),
    TACIT_LOG_RETENTION_HOURS: wholeNumber(1, 24 * 365, 'hours, 1 to 8760', 24),
    TACIT_QUOTA_EVENTS_PER_SECOND: wholeNumber(0, 1e9, 'events a second for each key (0: no quota)', 0),
    TACIT_TIME_ZONE: z
      .string()
      .refine(isTimeZone, { error: 'must be a time zone such as Europe/Berlin' })
      .optional(),
    TACIT_LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` }).default('warn'),
  })
  .check(({ value, issues }) => {
    const kafka = kafkaAddressFromUrl(value.TACIT_EVENT_LOG);
    if (kafka?.user && !kafka.tls && value.TACIT_KAFKA_SASL === 'plain') {
      issues.push({
        code: 'custom',
        input: undefined,
        path: ['TACIT_KAFKA_SASL'],
        message: 'plain would send the password in clear: use kafkas:// or scram-sha-512',
      });
    }
    if (kafka && value.TACIT_PSEUDONYMS === 'keyed' && value.TACIT_PSEUDONYM_KEY === undefined) {
      issues.push({
        code: 'custom',
        input: undefined,
        path: ['TACIT_PSEUDONYM_KEY'],
        message:
          'is needed with Kafka, the same for every process; make one with: openssl rand -base64 32 (or set TACIT_PSEUDONYMS=off)',
      });
    }
  });

/** What a process is told by its environment. */
export interface Settings {
  /** `embedded:` or `kafka[s]://[user:password@]host:port,…/name`: may hold a secret, never print it. */
  readonly eventLogUrl: string;
  readonly kafkaSasl: SaslMechanism;
  /** PEM file of who signed the brokers' certificates; undefined: the authorities that everybody trusts. */
  readonly kafkaCaFile: string | undefined;
  /** `embedded:` or `http://user:password@host:port/database`: holds a secret, never print it. */
  readonly warehouseUrl: string;
  /** The ClickHouse cluster that tables are spread over; undefined: one node. */
  readonly warehouseCluster: string | undefined;
  /** Absolute path. */
  readonly dataDir: string;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly pseudonyms: 'keyed' | 'off';
  /** A secret. Absent on the embedded log: the data directory keeps a key of its own. */
  readonly pseudonymKey: string | undefined;
  readonly logRetentionHours: number;
  /** For each key; 0: no quota. */
  readonly quotaEventsPerSecond: number;
  /** The app's zone, for events that bring no offset. */
  readonly timeZone: string | undefined;
  readonly logLevel: (typeof logLevels)[number];
}

/**
 * Reads the settings of a process.
 * @param packageDir the folder of package.json: the data directory stands in it unless one is named
 * @throws TacitError `configuration`, one message that names every fault and what to do about it
 */
export function settingsFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  packageDir: string,
): Settings {
  // An empty variable is how shells and compose files say "not set".
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(set);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new TacitError('configuration', faults.join('; '), { details: { faults } });
  }
  const read = parsed.data;
  return {
    eventLogUrl: read.TACIT_EVENT_LOG,
    kafkaSasl: read.TACIT_KAFKA_SASL,
    kafkaCaFile: read.TACIT_KAFKA_CA_FILE,
    warehouseUrl: read.TACIT_WAREHOUSE,
    warehouseCluster: read.TACIT_WAREHOUSE_CLUSTER,
    dataDir: read.TACIT_DATA_DIR === undefined ? join(packageDir, '.tacit') : resolve(read.TACIT_DATA_DIR),
    host: read.TACIT_HOST,
    port: read.TACIT_PORT,
    pseudonyms: read.TACIT_PSEUDONYMS,
    pseudonymKey: read.TACIT_PSEUDONYM_KEY,
    logRetentionHours: read.TACIT_LOG_RETENTION_HOURS,
    quotaEventsPerSecond: read.TACIT_QUOTA_EVENTS_PER_SECOND,
    timeZone: read.TACIT_TIME_ZONE,
    logLevel: read.TACIT_LOG_LEVEL,
  };
}

/** Whether one of the engines lives in the data directory, which only one process may open. */
export function ownsDataDir(settings: Settings): boolean {
  return settings.eventLogUrl === embeddedUrl || settings.warehouseUrl === embeddedUrl;
}

function wholeNumber(least: number, most: number, what: string, whenUnset: number) {
  return z
    .string()
    .regex(/^\d{1,10}$/, { error: `must be ${what}` })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error: `must be ${what}` })
    .default(whenUnset);
}

function isWarehouseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.hostname !== '' && /^\/[\w-]*$/.test(url.pathname);
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
