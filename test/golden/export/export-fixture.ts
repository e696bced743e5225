import { join, resolve } from 'node:path';

import { exportFormatNames, exportFormats } from '../../../pipelines/export/formats.ts';
import { exportDataset } from '../../../services/jobs/export/export-dataset.ts';
import { openWarehouseFixture } from '../../support/warehouse-fixture.ts';
import { app, dataset, storeFixture } from '../../support/stored-dataset.ts';

/** Writes the fixture's dataset in every format and file type, for check-with-trl.py. */
const root = resolve(process.argv[2] ?? 'exports');
const fixture = await openWarehouseFixture();
await storeFixture(fixture.warehouse);
for (const format of exportFormatNames) {
  for (const files of exportFormats[format].files) {
    const dir = join(root, `${format}-${files}`);
    const { rows } = await exportDataset({ warehouse: fixture.warehouse, app, dataset, format, files, dir });
    console.log(`${format}-${files}`, rows);
  }
}
await fixture.close();
