import { cardFromExport, cardMark } from '../../../pipelines/export/card.ts';
import { croissantFromExport } from '../../../pipelines/export/croissant.ts';
import type { FileType } from '../../../pipelines/export/export-format.ts';
import { exportFormatNames, exportFormats } from '../../../pipelines/export/formats.ts';
import type { ExportFormatName } from '../../../pipelines/export/formats.ts';
import type { ExportReport } from '../../../schemas/build-report.ts';
import { TacitError } from '../../../schemas/errors.ts';
import { splits } from '../../../schemas/provenance.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { requireManifest } from '../datasets.ts';
import { erasedOfDatasets } from '../forget/erased-counts.ts';
import { calibrationOf } from './calibration.ts';
import { assertMayWrite, createExportFolder } from './export-folder.ts';
import type { ExportFolder, WrittenFile } from './export-folder.ts';
import { countStoredRows } from './stored-rows.ts';
import { writeRows } from './write-rows.ts';

export interface ExportOptions {
  readonly warehouse: Warehouse;
  readonly app: string;
  readonly dataset: string;
  /** One of `exportFormatNames`. */
  readonly format: string;
  /** Absolute path of the folder to write. */
  readonly dir: string;
  /** The format's usual one unless given. */
  readonly files?: FileType | undefined;
  /** Make prompts alternate strictly between user and assistant; what cannot be mended is left out and counted. */
  readonly strictAlternation?: boolean;
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
  const { warehouse, app, dataset, dir, force = false } = options;
  const name = formatNamed(options.format);
  const format = exportFormats[name];
  const files = fileTypeOf(name, options.files);
  const manifest = await requireManifest(warehouse, app, dataset);
  const former = await assertMayWrite(dir, cardMark(dataset, name), force);
  const source = { warehouse, app, dataset };
  const stored = await countStoredRows(source, format.kind);
  const erased = (await erasedOfDatasets(warehouse, app)).get(dataset);
  const measured = manifest.reactions?.identified === true;
  const calibration =
    format.kind === 'pairs' && measured ? await calibrationOf(source) : { heldBack: false, bins: [] };
  const withP = calibration.bins.reduce((sum, { pairs }) => sum + pairs, 0);
  const withMargin = format.kind === 'pairs' && withP === stored.rows && withP > 0;
  const folder = createExportFolder(dir);
  try {
    const written = await writeRows(folder, source, {
      name,
      files,
      withMargin,
      alternates: format.alternates || options.strictAlternation === true,
      weightScale: manifest.groups === 0 ? 1 : manifest.pairs / manifest.groups,
      measured,
      onRow: (done) => options.onProgress?.(done, stored.rows),
    });
    const facts = {
      ...{ manifest, format: name, files, withMargin },
      ...written.facts,
      annotators: stored.annotators,
      erased: erased?.[`dataset_${format.kind}`] ?? 0,
      calibration: calibration.bins,
      heldBack: calibration.heldBack,
    };
    const filled = splits.filter((split) => written.facts.rows[split] > 0);
    for (const extra of format.extraFiles?.(filled, files) ?? []) {
      written.files.push(await writeText(folder, extra.name, extra.content));
    }
    await writeText(folder, 'croissant.json', croissantFromExport(facts, written.files));
    await writeText(folder, 'README.md', cardFromExport(facts));
    options.onProgress?.(stored.rows, stored.rows);
    return { dir, format: name, rows: written.facts.rows, files: (await folder.publish(former)).toSorted() };
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

async function writeText(folder: ExportFolder, name: string, content: string): Promise<WrittenFile> {
  const file = await folder.openFile(name);
  await file.write(content);
  return await file.end();
}

function formatNamed(name: string): ExportFormatName {
  const format = exportFormatNames.find((each) => each === name);
  if (format) return format;
  throw new TacitError('misuse', `no format ${name}: there are ${exportFormatNames.join(', ')}`);
}

function fileTypeOf(name: ExportFormatName, wanted: FileType | undefined): FileType {
  const { files } = exportFormats[name];
  if (wanted === undefined) return files[0];
  if (files.includes(wanted)) return wanted;
  throw new TacitError('misuse', `${name} is written as ${files.join(' or ')}, not as ${wanted}`);
}
