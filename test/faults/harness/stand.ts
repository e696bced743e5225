import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../../../infra/kafka/free-port.ts';
import { atEndOfThis } from '../../../infra/processes/ends-with-this.ts';
import { startClickhouse, type RunningClickhouse } from '../../support/clickhouse-http/start.ts';
import { mountSmallDisk, type SmallDisk } from '../../support/small-disk.ts';
import { openWarehouseFixture, type WarehouseFixture } from '../../support/warehouse-fixture.ts';
import { startFaultyProxy, type FaultyProxy } from './faulty-proxy.ts';
import { createStandBroker, type StandBroker, type StandBrokerOptions } from './stand-broker.ts';

/** What all seeds share: a broker and a ClickHouse server, each behind a proxy, and a warehouse that nobody harms. */
export interface Stand {
  readonly dir: string;
  readonly kafkaProxy: FaultyProxy;
  readonly clickhouseProxy: FaultyProxy;
  /** `host:port` of the broker's proxy. */
  readonly broker: string;
  /** Not started yet. */
  readonly kafka: StandBroker;
  /** As it runs now; a fault may have put another in its place. */
  clickhouse: RunningClickhouse;
  /** chDB in this process: what should be in the warehouse. */
  readonly expected: WarehouseFixture;
  /** Where the ClickHouse server has its data, when that is a file system of its own. */
  readonly smallDisk: SmallDisk | undefined;
  startClickhouse(): Promise<RunningClickhouse>;
  close(): Promise<void>;
}

const smallDiskMegabytes = 768;

/** @param options another start of the broker, for tests of the harness itself */
export async function openStand(options: Pick<StandBrokerOptions, 'startKafka'> = {}): Promise<Stand> {
  const dir = await mkdtemp(join(tmpdir(), 'tacit-faults-'));
  // Processes are started by the dozen.
  process.env['NODE_COMPILE_CACHE'] ??= join(dir, 'compiled');
  const brokerPort = await freePort();
  const kafkaProxy = await startFaultyProxy(brokerPort, 'kafka');
  const disk = join(dir, 'disk');
  await mkdir(disk);
  const smallDisk = mountSmallDisk(disk, smallDiskMegabytes);
  const forgetEnd = atEndOfThis(() => {
    smallDisk?.unmount();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
  const clickhouseDir = join(disk, 'clickhouse');

  const kafka = createStandBroker({ dir, port: brokerPort, advertisedPort: kafkaProxy.port, ...options });
  const [clickhouse, expected] = await Promise.all([
    startClickhouse({ dir: clickhouseDir }),
    openWarehouseFixture(),
  ]);
  const clickhouseProxy = await startFaultyProxy(clickhouse.port, 'http');

  const stand: Stand = {
    dir,
    kafkaProxy,
    clickhouseProxy,
    broker: `127.0.0.1:${String(kafkaProxy.port)}`,
    kafka,
    clickhouse,
    expected,
    smallDisk,
    startClickhouse: async () =>
      (stand.clickhouse = await startClickhouse({ dir: clickhouseDir, port: clickhouse.port })),
    async close() {
      forgetEnd();
      await Promise.all([kafka.kill(), stand.clickhouse.kill(), expected.close()]);
      await Promise.all([kafkaProxy.close(), clickhouseProxy.close()]);
      smallDisk?.unmount();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return stand;
}
