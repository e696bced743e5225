// Prints what each of our own checks found; one argument: the root to look at (default: this repository).
import { fileURLToPath } from 'node:url';

import { checkFileSizes } from './file-sizes.ts';
import { checkFolderReadmes } from './folder-readmes.ts';
import { checkImportOrder } from './import-order.ts';
import { checkImportTable } from './import-table.ts';
import { checkLockFile } from './lock-file.ts';
import { checkMachineTraces } from './machine-traces.ts';
import { checkRawTables } from './raw-tables.ts';
import { sourceFilesUnder } from './source-files.ts';

const root = process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url));
const files = sourceFilesUnder(root);
const findings = {
  'import table': checkImportTable(root),
  'import order': checkImportOrder(files),
  'raw tables': checkRawTables(files),
  'file sizes': checkFileSizes(files),
  'folder READMEs': checkFolderReadmes(files),
  'machine traces': checkMachineTraces(files),
  'lock file': checkLockFile(files),
};

for (const [name, { says, faults }] of Object.entries(findings)) {
  console.log([`${name}: ${says}`, ...faults.map((fault) => `  ${fault}`)].join('\n'));
}
process.exitCode = Object.values(findings).some(({ faults }) => faults.length > 0) ? 1 : 0;
