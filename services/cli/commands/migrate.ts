import { z } from 'zod';

import { migrate } from '../../engines/warehouse/migrate.ts';
import { engineCommand } from '../command.ts';

export const migrateCommand = engineCommand({
  name: 'migrate',
  summary:
    'bring the tables of the warehouse to this version; serve does it itself on the embedded warehouse',
  examples: ['TACIT_WAREHOUSE=http://tacit:secret@clickhouse:8123/tacit tacit migrate'],
  flags: [],
  perApp: false,
  options: z.object({}),
  async run({ engines, migrationsDir }) {
    const warehouse = await engines.bareWarehouse();
    const { applied } = await migrate(warehouse, { folder: migrationsDir });
    return { driver: warehouse.driver, applied: [...applied] };
  },
  text: ({ applied }) =>
    applied.length === 0 ? 'the warehouse is at this version already' : `applied ${applied.join(', ')}`,
});
