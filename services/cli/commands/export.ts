import { z } from 'zod';

import { fileTypes } from '../../../pipelines/export/export-format.ts';
import { exportFormatNames } from '../../../pipelines/export/formats.ts';
import { appName } from '../../../schemas/api-key.ts';
import { exportDataset } from '../../jobs/export/export-dataset.ts';
import { engineCommand } from '../command.ts';
import { countText } from '../terminal/table.ts';

export const exportCommand = engineCommand({
  name: 'export',
  summary:
    'write a dataset version as a folder that trainers load, with its card and the evidence for each row',
  examples: [
    'tacit export 3f9c2a7e51b04d68 --format trl-dpo --out ./dataset',
    'tacit export 3f9c2a7e51b04d68 --format trl-kto --files parquet --out ./singles',
    'tacit export 3f9c2a7e51b04d68 --format nemo-rl --strict-alternation --out ./nemo',
  ],
  positional: { name: 'dataset', says: 'id of the dataset, as datasets lists it', required: true },
  flags: [
    { flags: '--format <format>', says: exportFormatNames.join(', ') },
    { flags: '--out <dir>', says: 'folder to write' },
    { flags: '--files <type>', says: `${fileTypes.join(' or ')}, where the format has both` },
    {
      flags: '--strict-alternation',
      says: 'make prompts alternate between user and assistant; what cannot be mended is left out and counted',
    },
    { flags: '--force', says: 'also when the folder holds something else' },
  ],
  perApp: true,
  paths: ['out'],
  options: z.object({
    app: appName,
    dataset: z.string().min(1),
    format: z.enum(exportFormatNames, { error: `must be one of ${exportFormatNames.join(', ')}` }),
    out: z.string().min(1),
    files: z.enum(fileTypes, { error: `must be ${fileTypes.join(' or ')}` }).optional(),
    strictAlternation: z.boolean().default(false),
    force: z.boolean().default(false),
  }),
  async run({ engines }, { app, dataset, format, out, files, strictAlternation, force }, report) {
    return await exportDataset({
      warehouse: await engines.warehouse(),
      app,
      dataset,
      format,
      dir: out,
      files,
      strictAlternation,
      force,
      onProgress: (done, total) => {
        report.progress('Writing rows', done, total);
      },
    });
  },
  text: ({ dir, format, rows }) =>
    `${countText(rows.train)} rows to train on and ${countText(rows.test)} to test on, as ${format}: ${dir}`,
});
