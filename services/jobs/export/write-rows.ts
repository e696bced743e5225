import { alternatingPrompt } from '../../../pipelines/export/alternating-prompt.ts';
import type { PromptFault } from '../../../pipelines/export/alternating-prompt.ts';
import type { FileType } from '../../../pipelines/export/export-format.ts';
import { exportFormats } from '../../../pipelines/export/formats.ts';
import type { ExportFormatName } from '../../../pipelines/export/formats.ts';
import { provenanceOfRow } from '../../../pipelines/export/provenance-of-row.ts';
import { createRowStatistics } from '../../../pipelines/export/row-statistics.ts';
import type { RowKind, StoredPair, StoredRows } from '../../../pipelines/export/stored-rows.ts';
import { splits } from '../../../schemas/provenance.ts';
import type { ExportFolder, WrittenFile } from './export-folder.ts';
import { createRowFile } from './row-file.ts';
import { storedRows } from './stored-rows.ts';
import type { RowsOfDataset } from './stored-rows.ts';

export interface Writing {
  readonly name: ExportFormatName;
  readonly files: FileType;
  readonly withMargin: boolean;
  readonly alternates: boolean;
  readonly weightScale: number;
  /** The reaction model could be told from the data: else what it says of a pair is an assumption, and stays here. */
  readonly measured: boolean;
  readonly onRow: (done: number) => void;
}

/** Writes the rows of all splits with their provenance. @returns what the card says of them, and the files */
export async function writeRows(
  folder: ExportFolder,
  source: RowsOfDataset,
  { name, files, withMargin, alternates, weightScale, measured, onRow }: Writing,
) {
  const format = exportFormats[name];
  const { kind } = format;
  const rows = { train: 0, validation: 0, test: 0 };
  const written: WrittenFile[] = [];
  const statistics = createRowStatistics(kind);
  const leftOut = new Map<PromptFault, number>();
  let [mended, goldRows, done] = [0, 0, 0];
  const rowFile = (path: string) =>
    createRowFile(folder, `${path}.${files}`, files, format.columns({ withMargin }));

  const told = (row: StoredRows[RowKind]): StoredRows[RowKind] =>
    kind === 'pairs' && !measured ? { ...(row as StoredPair), p: null, delta: null, std_error: null } : row;
  const provenance = await folder.openFile('provenance.jsonl');
  for (const split of splits) {
    const data = rowFile(`data/${split}`);
    const gold = rowFile(`gold/${split}`);
    if (split !== 'validation') await data.open();
    for await (const read of storedRows(source, kind, split)) {
      done += 1;
      if (done % 1_000 === 0) onRow(done);
      const alternating = alternates
        ? alternatingPrompt(read.prompt)
        : { messages: read.prompt, mended: false };
      if ('fault' in alternating) {
        leftOut.set(alternating.fault, (leftOut.get(alternating.fault) ?? 0) + 1);
        continue;
      }
      if (alternating.mended) mended += 1;
      const row: StoredRows[RowKind] = { ...told(read), prompt: alternating.messages };
      const exported = format.rowFrom(row, {
        withMargin,
        dataset: source.dataset,
        split,
        index: rows[split],
      });
      await data.write(exported);
      if (kind === 'pairs' && split === 'test' && (row as StoredPair).gold) {
        await gold.write(exported);
        goldRows += 1;
      }
      await provenance.write(`${JSON.stringify(provenanceOfRow(kind, row, rows[split], weightScale))}\n`);
      statistics.add(row);
      rows[split] += 1;
    }
    written.push(...(await data.end()), ...(await gold.end()));
  }
  written.push(await provenance.end());
  return {
    files: written,
    facts: {
      rows,
      goldRows,
      summary: statistics.summary(),
      alternation: alternates ? { mended, leftOut } : null,
    },
  };
}
