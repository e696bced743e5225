import type { AnalysisPlan, StrataPart } from '../../schemas/analysis-plan.ts';
import { stratumColumns } from './analysis-rows-sql.ts';
import type { Scale } from './moments.ts';
import type { StageQuery } from './stage-query.ts';
import { stratifications } from './stratification.ts';
import type { Term } from './terms.ts';

/**
 * Moments from analysis rows that stay in the warehouse. Every sum is of integers (values times a power of two,
 * rounded), so that the result has the same bytes at any number of threads and in any order of the rows.
 * `source` is the name of a snapshot of the analysis rows, or their query in parentheses.
 */

/** How many, over what range, in how many strata: what the next queries need to choose their units. */
export interface Extents {
  readonly sessions: number;
  readonly annotators: number;
  /** Of the signals in the order of the terms, then of the outcome. */
  readonly lows: readonly number[];
  readonly highs: readonly number[];
  /** Strata of each of the plan's stratifications, finest first. */
  readonly strata: readonly number[];
}

/** Compiling these aggregates takes longer than running them. */
const settings =
  'SETTINGS min_count_to_compile_aggregate_expression = 0, min_count_to_compile_expression = 0';
const columnsOf = (terms: readonly Term[]) => [
  ...terms.filter(({ kind }) => kind === 'main').map(({ signals }) => `\`${signals[0] ?? ''}\``),
  'outcome',
];
const listOf = (parts: readonly string[]) => `[${parts.join(', ')}]`;
const each = (count: number, text: (j: number) => string) => Array.from({ length: count }, (_, j) => text(j));

/** One row: `Extents`. With no session in, lows and highs mean nothing. */
export function extentsQuery(source: string, terms: readonly Term[], plan: AnalysisPlan): StageQuery {
  const columns = columnsOf(terms);
  return {
    parameters: {},
    sql: `
SELECT
    count() AS sessions,
    uniqExact(annotator_id) AS annotators,
    ${listOf(columns.map((column) => `min(${column})`))} AS lows,
    ${listOf(columns.map((column) => `max(${column})`))} AS highs,
    ${listOf(stratifications(plan).map((parts) => `uniqExact(${stratumSql(parts)})`))} AS strata
FROM ${source}
WHERE dropped = ''`,
  };
}

/** How many closed sessions are left out, by reason. */
export function droppedQuery(source: string): StageQuery {
  return {
    parameters: {},
    sql: `SELECT dropped AS reason, count() AS count FROM ${source} WHERE dropped != '' GROUP BY reason ORDER BY reason`,
  };
}

/** One row of exact sums of each column, measured from its low in 2^-30 of its range: decimal texts. */
export interface ScaleSums {
  readonly sums: readonly string[];
  readonly squares: readonly string[];
}

const rangeUnits = 2 ** 30;

export function scaleSumsQuery(source: string, terms: readonly Term[], extents: Extents): StageQuery {
  const columns = columnsOf(terms);
  const ranges = columns.map((_, j) => (extents.highs[j] ?? 0) - (extents.lows[j] ?? 0));
  return {
    parameters: { lows: extents.lows, ranges: ranges.map((range) => (range > 0 ? range : 1)) },
    sql: `
SELECT
    ${listOf(each(columns.length, (j) => `toString(sum(toInt128(q${j})))`))} AS sums,
    ${listOf(each(columns.length, (j) => `toString(sum(toInt128(q${j}) * q${j}))`))} AS squares
FROM
(
    SELECT ${columns.map((column, j) => `toInt64(round((${column} - {lows:Array(Float64)}[${j + 1}]) / {ranges:Array(Float64)}[${j + 1}] * ${rangeUnits})) AS q${j}`).join(', ')}
    FROM ${source}
    WHERE dropped = ''
)
${settings}`,
  };
}

export function scalesFromSums({ sessions, lows, highs }: Extents, { sums, squares }: ScaleSums): Scale[] {
  const n = BigInt(sessions);
  return sums.map((text, j) => {
    const [sum, square] = [BigInt(text), BigInt(squares[j] ?? 0)];
    const low = lows[j] ?? 0;
    const range = (highs[j] ?? 0) - low;
    const variance = Number(n * square - sum * sum) / sessions ** 2;
    const sd = range > 0 ? (range * Math.sqrt(variance)) / rangeUnits : 0;
    const mean = low + (range * Number(sum)) / (sessions * rangeUnits);
    return { mean, sd: sd > 1e-12 * Math.abs(mean) ? sd : 0 };
  });
}

/** The unit of the moments: 2^-`bits`, and whether products need 128-bit sums. */
export interface FixedPoint {
  readonly bits: number;
  readonly wide: boolean;
}

/** One row: `most`, no annotator's sum of squares of any column is greater. */
export function largestSquaresQuery(
  source: string,
  terms: readonly Term[],
  scales: readonly Scale[],
): StageQuery {
  const width = terms.length + 1;
  return {
    parameters: scaleParameters(scales),
    sql: `
SELECT toFloat64(max(most_here)) AS most
FROM
(
    SELECT greatest(${each(width, (j) => `sum(toUInt64(ceil(d${j} * d${j})))`).join(', ')}) + count() AS most_here
    FROM (${scaledRows(source, terms, `'' AS stratum`)})
    GROUP BY annotator_id
)
${settings}`,
  };
}

/** The finest unit whose products cannot overflow 63 bits (Cauchy and Schwarz), at most 2^-24. */
export function fixedPointFrom(most: number): FixedPoint {
  const bits = Math.min(24, Math.floor((61 - Math.log2(Math.max(1, most))) / 2));
  return bits < 20 ? { bits: 24, wide: true } : { bits, wide: false };
}

export interface CellRow {
  readonly annotator_id: string;
  readonly stratum: string;
  readonly sessions: number;
  readonly sums: readonly number[];
}

/** Query B: sessions and sums of d = (terms..., outcome) by annotator and stratum, in order of both. */
export function cellsQuery(
  source: string,
  terms: readonly Term[],
  scales: readonly Scale[],
  strata: readonly StrataPart[],
  { bits }: FixedPoint,
): StageQuery {
  const width = terms.length + 1;
  return {
    parameters: scaleParameters(scales),
    sql: `
SELECT annotator_id, stratum, count() AS sessions,
    ${listOf(each(width, (j) => `toFloat64(sum(q${j})) / ${2 ** bits}`))} AS sums
FROM (${fixedPointRows(source, terms, stratumSql(strata), bits)})
GROUP BY annotator_id, stratum
ORDER BY annotator_id, stratum
${settings}`,
  };
}

export interface ProductsRow {
  readonly annotator_id: string;
  /** Upper triangle of the sum of d d', by rows. */
  readonly products: readonly number[];
}

/** Query C: sums of d d' by annotator, in order. */
export function productsQuery(
  source: string,
  terms: readonly Term[],
  scales: readonly Scale[],
  { bits, wide }: FixedPoint,
): StageQuery {
  const width = terms.length + 1;
  const pairs = each(width, String).flatMap((i) =>
    each(width, String)
      .slice(Number(i))
      .map((j) => [i, j]),
  );
  const product = (i = '', j = '') => (wide ? `toInt128(q${i}) * q${j}` : `q${i} * q${j}`);
  return {
    parameters: scaleParameters(scales),
    sql: `
SELECT annotator_id,
    ${listOf(pairs.map(([i, j]) => `toFloat64(sum(${product(i, j)})) / ${2 ** (2 * bits)}`))} AS products
FROM (${fixedPointRows(source, terms, `'' AS stratum`, bits)})
GROUP BY annotator_id
ORDER BY annotator_id
${settings}`,
  };
}

const scaleParameters = (scales: readonly Scale[]) => ({
  means: scales.map(({ mean }) => mean),
  sds: scales.map(({ sd }) => sd),
});

/** d0, d1, ... of each row that is in: the scaled terms and the scaled outcome. */
function scaledRows(source: string, terms: readonly Term[], stratum: string): string {
  const columns = columnsOf(terms);
  const sd = (j: number) => `{sds:Array(Float64)}[${j + 1}]`;
  const scaled = columns.map(
    (column, j) => `if(${sd(j)} > 0, (${column} - {means:Array(Float64)}[${j + 1}]) / ${sd(j)}, 0) AS z${j}`,
  );
  const d = [
    ...terms.map(({ factors }) => factors.map((j) => `z${j}`).join(' * ')),
    `z${columns.length - 1}`,
  ];
  return `
    SELECT annotator_id, stratum, ${d.map((value, j) => `${value} AS d${j}`).join(', ')}
    FROM (SELECT annotator_id, ${stratum.includes(' AS ') ? stratum : `${stratum} AS stratum`}, ${scaled.join(', ')} FROM ${source} WHERE dropped = '')`;
}

function fixedPointRows(source: string, terms: readonly Term[], stratum: string, bits: number): string {
  const integers = each(terms.length + 1, (j) => `toInt64(round(d${j} * ${2 ** bits})) AS q${j}`);
  return `SELECT annotator_id, stratum, ${integers.join(', ')} FROM (${scaledRows(source, terms, stratum)})`;
}

function stratumSql(parts: readonly StrataPart[]): string {
  if (parts.length === 0) return `''`;
  return `concat(${parts.map((part) => stratumColumns[part]).join(`, '|', `)}, '')`;
}
