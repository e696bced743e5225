import { strataParts } from '../../schemas/analysis-plan.ts';
import type { Scale } from './moments.ts';
import { each, everyone, interpreted, scaledRows } from './scaled-rows-sql.ts';
import type { NameRange } from './scaled-rows-sql.ts';
import type { StageQuery } from './stage-query.ts';
import type { StrataCodes } from './strata-codes.ts';
import type { Term } from './terms.ts';
import type { FixedPoint } from './units-sql.ts';

/**
 * Moments from analysis rows that stay in the warehouse. Every sum is of integers (values times a power of two,
 * rounded), so that the result has the same bytes at any number of threads and in any order of the rows.
 * `source` is the name of a snapshot of the analysis rows, or their query in parentheses.
 */

export function strataQuery(source: string): StageQuery {
  const parts = strataParts.join(', ');
  return {
    parameters: {},
    sql: `SELECT ${parts} FROM ${source} WHERE dropped = '' GROUP BY ${parts} ORDER BY ${parts}`,
  };
}

/**
 * Stands for an annotator in numeric results: 52 bits, so that a double holds it. Two annotators with one key are
 * told apart by nothing: `annotatorsQuery` shows it, another seed mends it.
 */
const annotatorKey = (seed: number) => `bitShiftRight(sipHash64(annotator_id, ${seed}), 12)`;

export interface AnnotatorRow {
  readonly annotator_id: string;
  readonly key: number;
  readonly sessions: number;
}

/** One row an annotator, in order. */
export function annotatorsQuery(source: string, seed: number): StageQuery {
  return {
    parameters: {},
    sql: `
SELECT annotator_id, ${annotatorKey(seed)} AS key, count() AS sessions
FROM ${source}
WHERE dropped = ''
GROUP BY annotator_id
ORDER BY annotator_id`,
  };
}

/** How many closed sessions are left out, by reason. */
export function droppedQuery(source: string): StageQuery {
  return {
    parameters: {},
    sql: `SELECT dropped AS reason, count() AS count FROM ${source} WHERE dropped != '' GROUP BY reason ORDER BY reason`,
  };
}

/** Rows of doubles: key of the annotator, code of the stratum, sessions, sums of d = (terms..., outcome). */
export const cellColumns = (width: number) => 3 + width;

/** Query B: one row an annotator and stratum, in no order. */
export function cellsQuery(
  source: string,
  terms: readonly Term[],
  scales: readonly Scale[],
  strata: StrataCodes,
  { bits, manySessions }: FixedPoint,
  seed: number,
  range: NameRange = everyone,
): StageQuery {
  const width = terms.length + 1;
  return {
    parameters: { ...strata.parameters, ...rangeParameters(range) },
    sql: `
SELECT toFloat64(annotator), toFloat64(stratum), toFloat64(count()),
    ${each(width, (j) => `toFloat64(sum(q${j})) / ${2 ** bits}`).join(', ')}
FROM (${fixedPointRows(source, terms, scales, bits, [`${annotatorKey(seed)} AS annotator`, `${strata.sql} AS stratum`], range)})
GROUP BY annotator, stratum
${manySessions ? compiled : interpreted}`,
  };
}

/** Rows of doubles: key of the annotator, upper triangle of the sum of d d', by rows. */
export const productColumns = (width: number) => 1 + (width * (width + 1)) / 2;

/** Query C: one row an annotator, in no order. */
export function productsQuery(
  source: string,
  terms: readonly Term[],
  scales: readonly Scale[],
  { bits, wide }: FixedPoint,
  seed: number,
): StageQuery {
  const width = terms.length + 1;
  const pairs = each(width, String).flatMap((i) =>
    each(width, String)
      .slice(Number(i))
      .map((j) => [i, j]),
  );
  const product = (i = '', j = '') => (wide ? `toInt128(q${i}) * q${j}` : `q${i} * q${j}`);
  return {
    parameters: {},
    sql: `
SELECT toFloat64(${annotatorKey(seed)}),
    ${pairs.map(([i, j]) => `toFloat64(sum(${product(i, j)})) / ${2 ** (2 * bits)}`).join(', ')}
FROM (${fixedPointRows(source, terms, scales, bits, ['annotator_id'])})
GROUP BY annotator_id
${interpreted}, optimize_aggregation_in_order = 1`,
  };
}

/** Only the many sums of cells gain by machine code, from about a million sessions on. */
const compiled = 'SETTINGS min_count_to_compile_aggregate_expression = 0, compile_expressions = 0';

const rangeParameters = ({ from, to }: NameRange) => ({
  ...(from === null ? {} : { from_annotator: from }),
  ...(to === null ? {} : { to_annotator: to }),
});

function fixedPointRows(
  source: string,
  terms: readonly Term[],
  scales: readonly Scale[],
  bits: number,
  keys: readonly string[],
  range?: NameRange,
): string {
  const names = keys.map((key) => key.split(' AS ').at(-1) ?? '');
  const integers = each(terms.length + 1, (j) => `toInt64(round(d${j} * ${2 ** bits})) AS q${j}`);
  return `SELECT ${[...names, ...integers].join(', ')} FROM (${scaledRows(source, terms, scales, keys, range)})`;
}
