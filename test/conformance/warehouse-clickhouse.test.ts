import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openWarehouse } from '../../services/engines/warehouse/open-warehouse.ts';
import { startClickhouse } from '../support/clickhouse-http/start.ts';
import { warehouseConformance } from './warehouse.ts';

warehouseConformance('clickhouse', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tacit-clickhouse-'));
  const server = await startClickhouse({ dir });
  const warehouse = await openWarehouse({ url: server.url('of_tests'), dataDir: '/nowhere' });
  return {
    warehouse,
    async close() {
      await warehouse.close();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
});
