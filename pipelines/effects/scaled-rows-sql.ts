import { doubleSql } from './double-sql.ts';
import type { Scale } from './moments.ts';
import type { Term } from './terms.ts';

/** Signals as the terms order them, then the outcome. */
export const columnsOf = (terms: readonly Term[]) => [
  ...terms.filter(({ kind }) => kind === 'main').map(({ signals }) => `\`${signals[0] ?? ''}\``),
  'outcome',
];
export const listOf = (parts: readonly string[]) => `[${parts.join(', ')}]`;
export const each = (count: number, text: (j: number) => string) =>
  Array.from({ length: count }, (_, j) => text(j));

/** Making machine code of these queries takes longer than it saves. */
export const interpreted = 'SETTINGS compile_aggregate_expressions = 0, compile_expressions = 0';

/** Which annotators a query of moments is about: names in [from, to); null: no bound. */
export interface NameRange {
  readonly from: string | null;
  readonly to: string | null;
}

export const everyone: NameRange = { from: null, to: null };

/** d0, d1, ... of each row that is in: the scaled terms and the scaled outcome. */
export function scaledRows(
  source: string,
  terms: readonly Term[],
  scales: readonly Scale[],
  keys: readonly string[] = ['annotator_id'],
  { from, to }: NameRange = everyone,
): string {
  const columns = columnsOf(terms);
  const scaled = columns.map((column, j) => {
    const { mean, sd } = scales[j] ?? { mean: 0, sd: 0 };
    return `${sd > 0 ? `(${column} - ${doubleSql(mean)}) / ${doubleSql(sd)}` : 'toFloat64(0)'} AS z${j}`;
  });
  const d = [
    ...terms.map(({ factors }) => factors.map((j) => `z${j}`).join(' * ')),
    `z${columns.length - 1}`,
  ];
  const names = keys.map((key) => key.split(' AS ').at(-1) ?? '');
  const within = [
    ...(from === null ? [] : ['annotator_id >= {from_annotator:String}']),
    ...(to === null ? [] : ['annotator_id < {to_annotator:String}']),
  ];
  return `
    SELECT ${[...names, ...d.map((value, j) => `${value} AS d${j}`)].join(', ')}
    FROM (SELECT ${[...keys, ...scaled].join(', ')} FROM ${source} WHERE ${["dropped = ''", ...within].join(' AND ')})`;
}
