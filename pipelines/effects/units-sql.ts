import { doubleSql } from './double-sql.ts';
import type { Scale } from './moments.ts';
import { columnsOf, each, interpreted, listOf, scaledRows } from './scaled-rows-sql.ts';
import type { StageQuery } from './stage-query.ts';
import type { Term } from './terms.ts';

/** What must be known of the rows before they are summed: their scales, and a unit in which no sum can overflow. */

/** How many, and over what range: what the next queries need to choose their units. */
export interface Extents {
  readonly sessions: number;
  /** Of the signals in the order of the terms, then of the outcome. */
  readonly lows: readonly number[];
  readonly highs: readonly number[];
}

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
${interpreted}`,
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
  /** Their sums are worth making machine code for. */
  readonly manySessions: boolean;
}

/** One row: `most`, no annotator's sum of squares of any column is greater. */
export function largestSquaresQuery(
  source: string,
  terms: readonly Term[],
  scales: readonly Scale[],
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
${interpreted}`,
  };
}

/** The finest unit whose products cannot overflow 63 bits (Cauchy and Schwarz), at most 2^-24. */
export function fixedPointFrom(most: number, sessions: number): FixedPoint {
  const bits = Math.min(24, Math.floor((61 - Math.log2(Math.max(1, most))) / 2));
  const manySessions = sessions >= 1_000_000;
  return bits < 20 ? { bits: 24, wide: true, manySessions } : { bits, wide: false, manySessions };
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
