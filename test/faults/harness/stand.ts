import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startKafka, type RunningKafka } from '../../../infra/kafka/start-kafka.ts';
import { startClickhouse, type RunningClickhouse } from '../../support/clickhouse-http/start.ts';
import { openWarehouseFixture, type WarehouseFixture } from '../../support/warehouse-fixture.ts';
import { startFaultyProxy, type FaultyProxy } from './faulty-proxy.ts';

/** What all seeds share: a broker and a ClickHouse server, each behind a proxy, and a warehouse that nobody harms. */
export interface Stand {
  readonly dir: string;
  readonly kafkaProxy: FaultyProxy;
  readonly clickhouseProxy: FaultyProxy;
  /** `host:port` of the broker's proxy. */
  readonly broker: string;
  /** As they run now; a fault may have put others in their place. */
  kafka: RunningKafka;
  clickhouse: RunningClickhouse;
  /** chDB in this process: what should be in the warehouse. */
  readonly expected: WarehouseFixture;
  /** Folder of the ClickHouse server when it lies on a file system of its own, which can be filled. */
  readonly smallDisk: string | undefined;
  startKafka(): Promise<RunningKafka>;
  startClickhouse(): Promise<RunningClickhouse>;
  close(): Promise<void>;
}

const smallDiskMegabytes = 768;

export async function openStand(): Promise<Stand> {
  const dir = await mkdtemp(join(tmpdir(), 'tacit-faults-'));
  // Processes are started by the dozen.
  process.env['NODE_COMPILE_CACHE'] ??= join(dir, 'compiled');
  const brokerPort = await freePort();
  const kafkaProxy = await startFaultyProxy(brokerPort, 'kafka');
  const disk = join(dir, 'disk');
  await mkdir(disk);
  const smallDisk = mounted(disk) ? disk : undefined;
  const clickhouseDir = join(disk, 'clickhouse');

  const startBroker = () =>
    startKafka({ dir: join(dir, 'broker'), port: brokerPort, advertisedPort: kafkaProxy.port });
  const [kafka, clickhouse, expected] = await Promise.all([
    startBroker(),
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
    startKafka: async () => (stand.kafka = await startBroker()),
    startClickhouse: async () =>
      (stand.clickhouse = await startClickhouse({ dir: clickhouseDir, port: clickhouse.port })),
    async close() {
      await Promise.all([stand.kafka.kill(), stand.clickhouse.kill(), expected.close()]);
      await Promise.all([kafkaProxy.close(), clickhouseProxy.close()]);
      if (smallDisk !== undefined) execFileSync('umount', [smallDisk]);
      await rm(dir, { recursive: true, force: true });
    },
  };
  return stand;
}

function mounted(folder: string): boolean {
  try {
    const size = `size=${String(smallDiskMegabytes)}m`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
