import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';

import type { FolderFile } from '../../../services/jobs/export/export-folder.ts';
import { parquetRows } from '../../../services/jobs/export/parquet-rows.ts';

test('row groups follow each other, nested columns and all', async () => {
  const parts: Uint8Array[] = [];
  const file: Pick<FolderFile, 'writeBytes'> = {
    writeBytes: (bytes) => Promise.resolve(void parts.push(bytes)),
  };
  const sink = parquetRows(file, {
    at: 'int32',
    share: 'double',
    label: 'boolean',
    turns: { list: { struct: { from: 'string', words: { list: 'string' } } } },
  });
  const rows = Array.from({ length: 25_000 }, (_, at) => ({
    at,
    share: at / 7,
    label: at % 3 === 0,
    turns: Array.from({ length: at % 3 }, (_turn, turn) => ({
      from: `f${String(at)}`,
      words: turn ? [] : ['你好', '\u2028'],
    })),
  }));
  for (const row of rows) await sink.write(row);
  await sink.end();
  const bytes = Buffer.concat(parts);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  expect(parquetMetadata(buffer).row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([
    10_000, 10_000, 5_000,
  ]);
  expect(await parquetReadObjects({ file: buffer })).toEqual(rows);
});
