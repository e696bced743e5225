import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

import type { ColumnType, Columns } from '../../../pipelines/export/columns.ts';
import type { FolderFile } from './export-folder.ts';
import type { RowSink } from './row-sink.ts';

const rowsPerGroup = 10_000;
const charsPerGroup = 64 * 1024 * 1024;

/** Apache Parquet, a row group at a time, columns required and Snappy-compressed. Rows have exactly the columns. */
export function parquetRows(file: Pick<FolderFile, 'writeBytes'>, columns: Columns): RowSink {
  const writer = new ByteWriter();
  const schema: SchemaElement[] = [
    { name: 'root', num_children: Object.keys(columns).length },
    ...Object.entries(columns).flatMap(([name, type]) => schemaOf(name, type)),
  ];
  const parquet = new ParquetWriter({ writer, schema, createdBy: 'tacit' });
  let group: Record<string, unknown>[] = [];
  let chars = 0;

  const take = async () => {
    // The writer keeps its offset in the file; only its buffer is handed over.
    const bytes = new Uint8Array(writer.buffer.slice(0, writer.index));
    writer.index = 0;
    await file.writeBytes(bytes);
  };
  const flush = async () => {
    if (group.length === 0) return;
    const full = group;
    [group, chars] = [[], 0];
    await parquet.write({
      columnData: Object.keys(columns).map((name) => ({ name, data: full.map((row) => row[name]) })),
      rowGroupSize: full.length,
    });
    await take();
  };
  return {
    async write(row) {
      group.push(row as Record<string, unknown>);
      chars += JSON.stringify(row).length;
      if (group.length >= rowsPerGroup || chars >= charsPerGroup) await flush();
    },
    async end() {
      await flush();
      await parquet.finish();
      await take();
    },
  };
}

function schemaOf(name: string, type: ColumnType): SchemaElement[] {
  const required = { name, repetition_type: 'REQUIRED' } as const;
  if (type === 'string') return [{ ...required, type: 'BYTE_ARRAY', converted_type: 'UTF8' }];
  if (type === 'boolean') return [{ ...required, type: 'BOOLEAN' }];
  if (type === 'double') return [{ ...required, type: 'DOUBLE' }];
  if (type === 'int32') return [{ ...required, type: 'INT32' }];
  if ('list' in type) {
    return [
      { ...required, converted_type: 'LIST', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      ...schemaOf('element', type.list),
    ];
  }
  const inner = Object.entries(type.struct);
  return [
    { ...required, num_children: inner.length },
    ...inner.flatMap(([field, of]) => schemaOf(field, of)),
  ];
}
