import { momentsFromWarehouse } from '../../../pipelines/effects/moments-from-warehouse.ts';
import * as momentsSql from '../../../pipelines/effects/moments-sql.ts';
import type { Moments, Scale } from '../../../pipelines/effects/moments.ts';
import type { StageQuery } from '../../../pipelines/effects/stage-query.ts';
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
  readonly fixedPoint: momentsSql.FixedPoint;
  readonly moments: Moments;
}

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
  const extents = await one<momentsSql.Extents>(momentsSql.extentsQuery(source, terms, plan));
  const { sessions, annotators } = extents;
  if (sessions === 0) return null;
  const sums = await one<momentsSql.ScaleSums>(momentsSql.scaleSumsQuery(source, terms, extents));
  const scales = momentsSql.scalesFromSums(extents, sums);
  const { most } = await one<{ most: number }>(momentsSql.largestSquaresQuery(source, terms, scales));
  const fixedPoint = momentsSql.fixedPointFrom(most);
  const strata = chosenStratification(plan, sessions, extents.strata);
  const units = { scales, strata, fixedPoint };
  const moments = await readMomentsIn(units, warehouse, source, terms);
  return { sessions, annotators, ...units, moments };
}

/** The same where scales, strata and units are known already. */
export async function readMomentsIn(
  { scales, strata, fixedPoint }: Pick<RowsMoments, 'scales' | 'strata' | 'fixedPoint'>,
  warehouse: Warehouse,
  source: string,
  terms: readonly Term[],
): Promise<Moments> {
  const [cells, products] = await Promise.all([
    warehouse.query<momentsSql.CellRow>(momentsSql.cellsQuery(source, terms, scales, strata, fixedPoint)),
    warehouse.query<momentsSql.ProductsRow>(momentsSql.productsQuery(source, terms, scales, fixedPoint)),
  ]);
  return momentsFromWarehouse(cells, products, terms.length + 1);
}
