import { cardFromManifest, cardMark } from '../../../pipelines/export/card.ts';
import { exportFormatNames, exportFormats } from '../../../pipelines/export/formats.ts';
import type { ExportFormatName } from '../../../pipelines/export/formats.ts';
import { provenanceFromPair } from '../../../pipelines/export/provenance-from-pair.ts';
import type { ExportReport } from '../../../schemas/build-report.ts';
import { TacitError } from '../../../schemas/errors.ts';
import { splits } from '../../../schemas/provenance.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { requireManifest } from '../datasets.ts';
import { assertMayWrite, createExportFolder } from './export-folder.ts';
import { storedPairs } from './stored-pairs.ts';

export interface ExportOptions {
  readonly warehouse: Warehouse;
  readonly app: string;
  readonly dataset: string;
  /** One of `exportFormatNames`. */
  readonly format: string;
  /** Absolute path of the folder to write. */
  readonly dir: string;
  /** Write into a folder that holds something else. */
  readonly force?: boolean;
  /** Called as the work goes on: rows written and all of them. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Writes a dataset as a folder that trainers load: data by split, provenance, card. The same dataset gives the same
 * bytes.
 * @throws TacitError `not_found` without such a dataset, `misuse` with an unknown format or a folder in use
 */
export async function exportDataset(options: ExportOptions): Promise<ExportReport> {
  const { warehouse, app, dataset, dir, force = false, onProgress } = options;
  const format = formatNamed(options.format);
  const manifest = await requireManifest(warehouse, app, dataset);
  await assertMayWrite(dir, cardMark(dataset, format), force);
  const weightScale = manifest.groups === 0 ? 1 : manifest.pairs / manifest.groups;
  const folder = createExportFolder(dir);
  const rows = { train: 0, test: 0 };
  try {
    const provenance = await folder.openFile('provenance.jsonl');
    for (const split of splits) {
      const data = await folder.openFile(`data/${split}.jsonl`);
      for await (const pair of storedPairs(warehouse, app, dataset, split)) {
        await data.write(`${JSON.stringify(exportFormats[format].rowFromPair(pair))}\n`);
        await provenance.write(`${JSON.stringify(provenanceFromPair(pair, rows[split], weightScale))}\n`);
        rows[split] += 1;
        if (rows[split] % 1_000 === 0) onProgress?.(rows.train + rows.test, manifest.pairs);
      }
      await data.end();
    }
    await provenance.end();
    const card = await folder.openFile('README.md');
    await card.write(cardFromManifest(manifest, format));
    await card.end();
    onProgress?.(rows.train + rows.test, manifest.pairs);
    return { dir, format, rows, files: (await folder.publish()).toSorted() };
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

function formatNamed(name: string): ExportFormatName {
  const format = exportFormatNames.find((each) => each === name);
  if (format) return format;
  throw new TacitError('misuse', `no format ${name}: there are ${exportFormatNames.join(', ')}`);
}
