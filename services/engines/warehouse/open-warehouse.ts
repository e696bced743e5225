import { join } from 'node:path';

import { TacitError } from '../../../schemas/errors.ts';
import { openClickhouseWarehouse } from './clickhouse.ts';
import { openEmbeddedWarehouse } from './embedded.ts';
import type { Warehouse } from './warehouse.ts';

export interface WarehouseOptions {
  /** `embedded:`, or `http://user:password@host:port/database` (https too). */
  readonly url: string;
  /** Absolute path; chDB lives in its folder `warehouse`. */
  readonly dataDir: string;
  /** Of a server: the cluster over which tables are spread, as system.clusters names it. */
  readonly cluster?: string | undefined;
}

/**
 * Opens the warehouse that the URL names.
 * @throws TacitError `data_dir_owned`, `configuration`
 */
export async function openWarehouse({ url, dataDir, cluster }: WarehouseOptions): Promise<Warehouse> {
  if (url === 'embedded:') return await openEmbeddedWarehouse({ path: join(dataDir, 'warehouse') });
  if (/^https?:\/\//.test(url)) return openClickhouseWarehouse(url, cluster);
  throw new TacitError(
    'configuration',
    'TACIT_WAREHOUSE must be embedded: or http://user:password@host:port/database',
  );
}
