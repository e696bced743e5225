import type { Split } from '../../schemas/provenance.ts';
import type { Columns } from './columns.ts';
import type { RowKind, StoredRows } from './stored-rows.ts';

export const fileTypes = ['jsonl', 'parquet'] as const;
export type FileType = (typeof fileTypes)[number];

/** What a row is given beside what is stored. */
export interface RowContext {
  /** Every row of the dataset has a margin; else no row gets one. */
  readonly withMargin: boolean;
  readonly dataset: string;
  readonly split: Split;
  /** Place of the row in its file, from 0. */
  readonly index: number;
}

/** What a trainer does with long rows. */
export interface LengthRule {
  /** What it holds against its limit: the prompt, or prompt and reply together. */
  readonly of: 'prompt' | 'whole';
  readonly fate: 'left out' | 'cut' | 'refused';
  /** The setting that keeps rows of so many tokens. */
  readonly setting: (tokens: number) => string;
}

/** How a trainer wants the rows of a dataset. */
export interface ExportFormat<Kind extends RowKind = RowKind> {
  readonly kind: Kind;
  /** Who reads it, and with which settings. */
  readonly says: string;
  /** Files it can be written as, the usual one first. */
  readonly files: readonly [FileType, ...FileType[]];
  /** The trainer skips or refuses chats that do not alternate: they are mended or left out, and counted. */
  readonly alternates: boolean;
  readonly lengths: LengthRule;
  readonly columns: (context: Pick<RowContext, 'withMargin'>) => Columns;
  /** A record with exactly the columns. */
  rowFrom(row: StoredRows[Kind], context: RowContext): object;
  /** Files beside the data that the trainer wants. */
  readonly extraFiles?: (splits: readonly Split[], files: FileType) => readonly ExtraFile[];
}

export interface ExtraFile {
  readonly name: string;
  readonly content: string;
}

/** Erases the kind, for the list of formats. */
export function exportFormat<Kind extends RowKind>(format: ExportFormat<Kind>): ExportFormat {
  return format;
}
