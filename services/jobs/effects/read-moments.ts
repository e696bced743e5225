import { momentsFromWarehouse } from '../../../pipelines/effects/moments-from-warehouse.ts';
import * as momentsSql from '../../../pipelines/effects/moments-sql.ts';
import type { NameRange } from '../../../pipelines/effects/scaled-rows-sql.ts';
import * as unitsSql from '../../../pipelines/effects/units-sql.ts';
import type { Moments, Scale } from '../../../pipelines/effects/moments.ts';
import type { StageQuery } from '../../../pipelines/effects/stage-query.ts';
import { strataCodes, strataCounts } from '../../../pipelines/effects/strata-codes.ts';
import type { StratumRow } from '../../../pipelines/effects/strata-codes.ts';
import { chosenStratification } from '../../../pipelines/effects/stratification.ts';
import type { Term } from '../../../pipelines/effects/terms.ts';
import type { AnalysisPlan, StrataPart } from '../../../schemas/analysis-plan.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

export interface RowsMoments {
  readonly sessions: number;
  readonly annotators: number;
  /** Of the signals in the order of the terms, then of the outcome. */
  readonly scales: readonly Scale[];
  readonly strata: readonly StrataPart[];
  readonly fixedPoint: unitsSql.FixedPoint;
  readonly moments: Moments;
  readonly keys: RowKeys;
}

/** Which strata and annotators the rows have. */
export interface RowKeys {
  readonly found: readonly StratumRow[];
  readonly list: readonly momentsSql.AnnotatorRow[];
  /** Of annotators' keys that differ. */
  readonly seed: number;
}

/** Up to this many sessions the exact scan that gives the finest unit costs next to nothing. */
const exactUnitUpTo = 2_000_000;
/** About so many sessions for each result of cells: bounds what the engine holds at a time. */
const sessionsOfPart = 2_000_000;

/**
 * Sufficient statistics of the analysis rows that are in; null without any.
 * @param source a table of analysis rows, or a query of them in parentheses
 */
export async function readMoments(
  warehouse: Warehouse,
  source: string,
  terms: readonly Term[],
  plan: AnalysisPlan,
): Promise<RowsMoments | null> {
  const one = async <Row>(stage: StageQuery) => (await warehouse.query<Row>(stage))[0] as Row;
  const extents = await one<unitsSql.Extents>(unitsSql.extentsQuery(source, terms));
  const { sessions } = extents;
  if (sessions === 0) return null;
  const sums = await one<unitsSql.ScaleSums>(unitsSql.scaleSumsQuery(source, terms, extents));
  const scales = unitsSql.scalesFromSums(extents, sums);
  const found = await warehouse.query<StratumRow>(momentsSql.strataQuery(source));
  const strata = chosenStratification(plan, sessions, strataCounts(found, plan));
  const keys = { found, ...(await annotatorsOf(warehouse, source)) };
  const busiest = keys.list.reduce((most, { sessions: count }) => Math.max(most, count), 0);
  let fixedPoint = unitsSql.fixedPointFrom(
    unitsSql.boundOnSquares(terms, scales, extents, busiest),
    sessions,
  );
  if (sessions <= exactUnitUpTo || fixedPoint.wide) {
    const { most } = await one<{ most: number }>(unitsSql.largestSquaresQuery(source, terms, scales));
    fixedPoint = unitsSql.fixedPointFrom(most, sessions);
  }
  const units = { scales, strata, fixedPoint };
  const moments = await readParts(units, warehouse, source, terms, keys);
  return { sessions, annotators: keys.list.length, ...units, moments, keys };
}

/** The same where scales, strata and units are known already; null without any row. */
export async function readMomentsIn(
  units: Pick<RowsMoments, 'scales' | 'strata' | 'fixedPoint'>,
  warehouse: Warehouse,
  source: string,
  terms: readonly Term[],
): Promise<Moments | null> {
  const found = await warehouse.query<StratumRow>(momentsSql.strataQuery(source));
  if (found.length === 0) return null;
  const keys = { found, ...(await annotatorsOf(warehouse, source)) };
  return await readParts(units, warehouse, source, terms, keys);
}

/** The same where the source has the very sessions of `rows`, seen otherwise. */
export async function readMomentsOfSame(
  rows: Pick<RowsMoments, 'scales' | 'strata' | 'fixedPoint' | 'keys'>,
  warehouse: Warehouse,
  source: string,
  terms: readonly Term[],
): Promise<Moments> {
  return await readParts(rows, warehouse, source, terms, rows.keys);
}

async function annotatorsOf(warehouse: Warehouse, source: string): Promise<Pick<RowKeys, 'list' | 'seed'>> {
  for (let seed = 0; seed < 10; seed += 1) {
    const list = await warehouse.query<momentsSql.AnnotatorRow>(momentsSql.annotatorsQuery(source, seed));
    if (new Set(list.map(({ key }) => key)).size === list.length) return { list, seed };
  }
  throw new RangeError('no seed gives annotators keys that differ');
}

async function readParts(
  { scales, strata, fixedPoint }: Pick<RowsMoments, 'scales' | 'strata' | 'fixedPoint'>,
  warehouse: Warehouse,
  source: string,
  terms: readonly Term[],
  { found, list, seed }: RowKeys,
): Promise<Moments> {
  const codes = strataCodes(found, strata);
  const products = await warehouse.queryNumbers(
    momentsSql.productsQuery(source, terms, scales, fixedPoint, seed),
  );
  const cells: Float64Array[] = [];
  for (const range of rangesOf(list))
    cells.push(
      await warehouse.queryNumbers(
        momentsSql.cellsQuery(source, terms, scales, codes, fixedPoint, seed, range),
      ),
    );
  return momentsFromWarehouse(list, codes, cells, products, terms.length + 1);
}

/** Neighbours by name that have about `sessionsOfPart` sessions together. */
function rangesOf(list: readonly momentsSql.AnnotatorRow[]): NameRange[] {
  const starts: string[] = [];
  let sum = 0;
  for (const { annotator_id, sessions } of list) {
    if (sum >= sessionsOfPart) {
      starts.push(annotator_id);
      sum = 0;
    }
    sum += sessions;
  }
  return [null, ...starts].map((from, i) => ({ from, to: starts[i] ?? null }));
}
