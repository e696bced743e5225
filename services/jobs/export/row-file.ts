import type { Columns } from '../../../pipelines/export/columns.ts';
import type { FileType } from '../../../pipelines/export/export-format.ts';
import type { ExportFolder, FolderFile, WrittenFile } from './export-folder.ts';
import { parquetRows } from './parquet-rows.ts';
import type { RowSink } from './row-sink.ts';

/** A file of rows that exists once it is opened or has a row. */
export function createRowFile(folder: ExportFolder, path: string, files: FileType, columns: Columns) {
  let opened: { file: FolderFile; sink: RowSink } | undefined;
  const open = async () => {
    if (opened) return opened;
    const file = await folder.openFile(path);
    opened = { file, sink: files === 'jsonl' ? jsonLines(file) : parquetRows(file, columns) };
    return opened;
  };
  return {
    open,
    async write(row: object): Promise<void> {
      await (await open()).sink.write(row);
    },
    /** @returns what was written; nothing when it was never opened */
    async end(): Promise<WrittenFile[]> {
      if (!opened) return [];
      await opened.sink.end();
      return [await opened.file.end()];
    },
  };
}

function jsonLines(file: FolderFile): RowSink {
  return {
    write: (row) => file.write(`${JSON.stringify(row)}\n`),
    end: () => Promise.resolve(),
  };
}
