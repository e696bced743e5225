import { mkdir, readFile } from 'node:fs/promises';

import { TacitError } from '../../schemas/errors.ts';
import { assertPseudonymKey } from '../access/assert-pseudonym-key.ts';
import { createKeyRing, type KeyRing } from '../access/key-ring.ts';
import { createPseudonyms, type Pseudonyms } from '../access/pseudonyms.ts';
import { createSealer, type Sealer } from '../access/sealing.ts';
import type { EventLog } from '../engines/event-log/event-log.ts';
import { openEventLog } from '../engines/event-log/open-event-log.ts';
import { assertSchemaVersion, migrate } from '../engines/warehouse/migrate.ts';
import { openWarehouse } from '../engines/warehouse/open-warehouse.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';
import { embeddedUrl, type Settings } from './environment.ts';
import { onDataDir } from './file-fault.ts';
import { pseudonymKeyFromSettings } from './pseudonym-key.ts';

/** Who may write, and what must not be read in clear. */
export interface Access {
  readonly keyRing: KeyRing;
  readonly pseudonyms: Pseudonyms;
  readonly sealer: Sealer;
}

/** The engines that the settings name. Each opens at its first use and stays open until `close`. */
export interface Engines {
  /** The warehouse at this code's schema version: embedded it is brought there, a server must be there already. */
  warehouse(): Promise<Warehouse>;
  /** The warehouse as it is, whatever its version. */
  bareWarehouse(): Promise<Warehouse>;
  /** The log with all its topics. */
  eventLog(): Promise<EventLog>;
  /** The log as it is, whatever its topics. */
  bareEventLog(): Promise<EventLog>;
  access(): Promise<Access>;
  /** What of `access` a process needs that lets nobody in. */
  sealer(): Promise<Sealer>;
  close(): Promise<void>;
}

export interface EnginesOptions {
  readonly settings: Settings;
  /** Folder of the warehouse's migrations. */
  readonly migrationsDir: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** As many random bytes as asked for. */
  readonly random: (bytes: number) => Uint8Array;
}

/**
 * In one process chDB always opens before LMDB: its kernel lock is what makes this process the owner of the data
 * directory, also where only the log is embedded.
 */
export function createEngines({ settings, migrationsDir, clock, random }: EnginesOptions): Engines {
  const { dataDir } = settings;
  const closers: (() => Promise<void>)[] = [];
  const opened = <Engine>(open: () => Promise<Engine>, close: (engine: Engine) => Promise<void>) =>
    once(async () => {
      const engine = await open();
      closers.unshift(() => close(engine));
      return engine;
    });

  const ownDataDir = opened(
    async () => {
      await onDataDir(dataDir, () => mkdir(dataDir, { recursive: true, mode: 0o700 }));
      return await openWarehouse({ url: embeddedUrl, dataDir });
    },
    (warehouse) => warehouse.close(),
  );
  const bareWarehouse =
    settings.warehouseUrl === embeddedUrl
      ? ownDataDir
      : opened(
          () => openWarehouse({ url: settings.warehouseUrl, dataDir, cluster: settings.warehouseCluster }),
          (warehouse) => warehouse.close(),
        );
  const warehouse = once(async () => {
    const bare = await bareWarehouse();
    if (bare.driver === 'embedded') await migrate(bare, { folder: migrationsDir });
    else await assertSchemaVersion(bare);
    return bare;
  });
  const bareEventLog = opened(
    async () => {
      if (settings.eventLogUrl === embeddedUrl) await ownDataDir();
      return await openEventLog({
        ...{ url: settings.eventLogUrl, dataDir, clock, saslMechanism: settings.kafkaSasl },
        certificateAuthority: await textOfCaFile(settings.kafkaCaFile),
      });
    },
    (eventLog) => eventLog.close(),
  );
  const eventLog = once(async () => {
    const bare = await bareEventLog();
    if (bare.driver === 'embedded') await bare.createTopics();
    return bare;
  });
  const secrets = once(async () => {
    const log = await eventLog();
    const key = await onDataDir(dataDir, () => pseudonymKeyFromSettings(settings, random));
    const pseudonyms = createPseudonyms({ key });
    await assertPseudonymKey(log, pseudonyms.fingerprint);
    return { pseudonyms, sealer: createSealer(key, random) };
  });
  const access = opened(
    async () => {
      const known = await secrets();
      const keyRing = await createKeyRing({ eventLog: await eventLog(), clock, random });
      return { keyRing, ...known };
    },
    ({ keyRing }) => keyRing.stop(),
  );

  return {
    warehouse,
    bareWarehouse,
    eventLog,
    bareEventLog,
    access,
    sealer: async () => (await secrets()).sealer,
    async close() {
      for (const close of closers.splice(0)) await close();
    },
  };
}

/** Opens once; a failure is forgotten, so that the next call tries again. */
function once<Value>(open: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => {
    value ??= open().catch((error: unknown) => {
      value = undefined;
      throw error;
    });
    return value;
  };
}

async function textOfCaFile(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const message = `TACIT_KAFKA_CA_FILE cannot be read (${code}): name a PEM file`;
    throw new TacitError('configuration', message, { cause: error });
  }
}
