import { strataParts } from '../../schemas/analysis-plan.ts';
import type { StrataPart } from '../../schemas/analysis-plan.ts';
import { doubleSql } from './double-sql.ts';
import type { Scale } from './moments.ts';
import type { StageQuery } from './stage-query.ts';
import type { StrataCodes } from './strata-codes.ts';
import type { Term } from './terms.ts';

/**
 * Moments from analysis rows that stay in the warehouse. Every sum is of integers (values times a power of two,
 * rounded), so that the result has the same bytes at any number of threads and in any order of the rows.
 * `source` is the name of a snapshot of the analysis rows, or their query in parentheses.
 */

/** How many, and over what range: what the next queries need to choose their units. */
export interface Extents {
  readonly sessions: number;
  /** Of the signals in the order of the terms, then of the outcome. */
  readonly lows: readonly number[];
  readonly highs: readonly number[];
}

/** Machine code pays from about a million sessions on; under that compiling takes longer than running. */
const settingsFor = (compiled: boolean) =>
  compiled
    ? 'SETTINGS min_count_to_compile_aggregate_expression = 0, min_count_to_compile_expression = 0'
    : 'SETTINGS compile_aggregate_expressions = 0, compile_expressions = 0';
const compiledFrom = 1_000_000;
const columnsOf = (terms: readonly Term[]) => [
  ...terms.filter(({ kind }) => kind === 'main').map(({ signals }) => `\`${signals[0] ?? ''}\``),
  'outcome',
];
const listOf = (parts: readonly string[]) => `[${parts.join(', ')}]`;
const each = (count: number, text: (j: number) => string) => Array.from({ length: count }, (_, j) => text(j));

/** One row: `Extents`. With no session in, lows and highs mean nothing. */
export function extentsQuery(source: string, terms: readonly Term[]): StageQuery {
  const columns = columnsOf(terms);
  return {
    parameters: {},
    sql: `
SELECT
    count() AS sessions,
    ${listOf(columns.map((column) => `min(${column})`))} AS lows,
    ${listOf(columns.map((column) => `max(${column})`))} AS highs
FROM ${source}
WHERE dropped = ''`,
  };
}

/** What the sessions are at their finest: one row a combination of all parts of a stratum. */
export type StratumRow = Readonly<Record<StrataPart, string | number>>;

export function strataQuery(source: string): StageQuery {
  return {
    parameters: {},
    sql: `SELECT DISTINCT ${strataParts.join(', ')} FROM ${source} WHERE dropped = '' ORDER BY ${strataParts.join(', ')}`,
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

/**
 * One row of exact sums of each column, measured from its low in 2^-30 of its range. Squares are summed in two halves
 * of 32 bits. Decimal texts.
 */
export interface ScaleSums {
  readonly sums: readonly string[];
  readonly highSquares: readonly string[];
  readonly lowSquares: readonly string[];
}

const rangeUnits = 2 ** 30;

export function scaleSumsQuery(source: string, terms: readonly Term[], extents: Extents): StageQuery {
  const columns = columnsOf(terms);
  const low = (j: number) => doubleSql(extents.lows[j] ?? 0);
  const range = (j: number) => doubleSql((extents.highs[j] ?? 0) - (extents.lows[j] ?? 0) || 1);
  const sumsOf = (value: (j: number) => string) =>
    listOf(each(columns.length, (j) => `toString(sum(${value(j)}))`));
  return {
    parameters: {},
    sql: `
SELECT
    ${sumsOf((j) => `q${j}`)} AS sums,
    ${sumsOf((j) => `bitShiftRight(q${j} * q${j}, 32)`)} AS highSquares,
    ${sumsOf((j) => `bitAnd(q${j} * q${j}, 4294967295)`)} AS lowSquares
FROM
(
    SELECT ${columns.map((column, j) => `toUInt64(round((${column} - ${low(j)}) / ${range(j)} * ${rangeUnits})) AS q${j}`).join(', ')}
    FROM ${source}
    WHERE dropped = ''
)
${settingsFor(extents.sessions >= compiledFrom)}`,
  };
}

export function scalesFromSums(
  { sessions, lows, highs }: Extents,
  { sums, highSquares, lowSquares }: ScaleSums,
): Scale[] {
  const n = BigInt(sessions);
  return sums.map((text, j) => {
    const sum = BigInt(text);
    const square = (BigInt(highSquares[j] ?? 0) << 32n) + BigInt(lowSquares[j] ?? 0);
    const low = lows[j] ?? 0;
    const range = (highs[j] ?? 0) - low;
    const variance = Number(n * square - sum * sum) / sessions ** 2;
    const sd = range > 0 ? (range * Math.sqrt(variance)) / rangeUnits : 0;
    const mean = low + (range * Number(sum)) / (sessions * rangeUnits);
    return { mean, sd: sd > 1e-12 * Math.abs(mean) ? sd : 0 };
  });
}

/** How moments are summed. */
export interface FixedPoint {
  /** Their unit is 2^-`bits`. */
  readonly bits: number;
  /** Products need 128-bit sums. */
  readonly wide: boolean;
  /** The engine makes machine code of it. */
  readonly compiled: boolean;
}

/** One row: `most`, no annotator's sum of squares of any column is greater. */
export function largestSquaresQuery(
  source: string,
  terms: readonly Term[],
  scales: readonly Scale[],
  sessions: number,
): StageQuery {
  const width = terms.length + 1;
  return {
    parameters: {},
    sql: `
SELECT toFloat64(max(most_here)) AS most
FROM
(
    SELECT greatest(${each(width, (j) => `sum(toUInt64(ceil(d${j} * d${j})))`).join(', ')}) + count() AS most_here
    FROM (${scaledRows(source, terms, scales)})
    GROUP BY annotator_id
)
${settingsFor(sessions >= compiledFrom)}`,
  };
}

/** The finest unit whose products cannot overflow 63 bits (Cauchy and Schwarz), at most 2^-24. */
export function fixedPointFrom(most: number, sessions: number): FixedPoint {
  const bits = Math.min(24, Math.floor((61 - Math.log2(Math.max(1, most))) / 2));
  const compiled = sessions >= compiledFrom;
  return bits < 20 ? { bits: 24, wide: true, compiled } : { bits, wide: false, compiled };
}

/**
 * A bound on the same without a scan of the rows: sessions of the busiest annotator x the largest square that scaled
 * columns can have.
 */
export function boundOnSquares(
  terms: readonly Term[],
  scales: readonly Scale[],
  { lows, highs }: Extents,
  mostSessions: number,
): number {
  const reach = scales.map(({ mean, sd }, j) =>
    sd > 0 ? Math.max((highs[j] ?? 0) - mean, mean - (lows[j] ?? 0)) / sd : 0,
  );
  const largest = [...terms.map(({ factors }) => factors), [scales.length - 1]].map((factors) =>
    factors.reduce((product, j) => product * (reach[j] ?? 0), 1),
  );
  return mostSessions * (1 + Math.max(...largest) ** 2);
}

/** Which annotators a query of moments is about: names in [from, to); null: no bound. */
export interface NameRange {
  readonly from: string | null;
  readonly to: string | null;
}

export const everyone: NameRange = { from: null, to: null };

/** Rows of doubles: key of the annotator, code of the stratum, sessions, sums of d = (terms..., outcome). */
export const cellColumns = (width: number) => 3 + width;

/** Query B: one row an annotator and stratum, in no order. */
export function cellsQuery(
  source: string,
  terms: readonly Term[],
  scales: readonly Scale[],
  strata: StrataCodes,
  { bits, compiled }: FixedPoint,
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
${settingsFor(compiled)}`,
  };
}

/** Rows of doubles: key of the annotator, upper triangle of the sum of d d', by rows. */
export const productColumns = (width: number) => 1 + (width * (width + 1)) / 2;

/** Query C: one row an annotator, in no order. */
export function productsQuery(
  source: string,
  terms: readonly Term[],
  scales: readonly Scale[],
  { bits, wide, compiled }: FixedPoint,
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
${settingsFor(compiled)}, optimize_aggregation_in_order = 1`,
  };
}

const rangeParameters = ({ from, to }: NameRange) => ({
  ...(from === null ? {} : { from_annotator: from }),
  ...(to === null ? {} : { to_annotator: to }),
});

/** d0, d1, ... of each row that is in: the scaled terms and the scaled outcome. */
function scaledRows(
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
