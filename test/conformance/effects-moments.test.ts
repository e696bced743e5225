import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { analysisPlanFromJson } from '../../pipelines/effects/analysis-plan.ts';
import { estimateEffects } from '../../pipelines/effects/estimate-effects.ts';
import { momentsFromRows, scalesFromRows } from '../../pipelines/effects/moments-from-rows.ts';
import type { AnalysisRow } from '../../pipelines/effects/moments-from-rows.ts';
import { momentsFromWarehouse } from '../../pipelines/effects/moments-from-warehouse.ts';
import * as momentsSql from '../../pipelines/effects/moments-sql.ts';
import type { StageQuery } from '../../pipelines/effects/stage-query.ts';
import { chosenStratification } from '../../pipelines/effects/stratification.ts';
import { meanAbsoluteZ, shiftedRows } from '../../pipelines/effects/placebo-shift.ts';
import { fitClustered } from '../../pipelines/effects/cluster-robust.ts';
import { withinTwoWay } from '../../pipelines/effects/two-way-fixed-effects.ts';
import { termsFromPlan } from '../../pipelines/effects/terms.ts';
import { drawIndex, drawNormal } from '../../pipelines/maths/draws.ts';
import { createRandom } from '../../pipelines/maths/random.ts';
import { openWarehouseFixture } from '../support/warehouse-fixture.ts';
import type { WarehouseFixture } from '../support/warehouse-fixture.ts';

// Fixed point has a unit of 2^-24 = 6e-8: sums of it differ from those of doubles by less than this.
const tolerance = 1e-6;

const plan = analysisPlanFromJson({ outcome: 'rating', bootstrap_draws: 99 });
const terms = termsFromPlan(plan);
const random = createRandom('snapshot');
const snapshot = Array.from({ length: 6000 }, (_, i) => {
  const g = Math.floor(60 * random.unit() ** 2);
  const z = () => drawNormal(random);
  return {
    ...{ annotator_id: `g${g}`, session_id: `s${i}`, started_ms: i, period: 202601 + drawIndex(random, 4) },
    ...{
      cycle: random.unit() < 0.3 ? 'weekend' : 'weekday',
      daypart: ['night', 'evening'][drawIndex(random, 2)],
    },
    ...{ model_version: ['v1', 'v2'][drawIndex(random, 2)], active_time: 1.7e9 + z(), turns: Math.abs(z()) },
    ...{ regenerate: random.unit() < 0.7 ? 0 : random.unit(), like: Math.max(0, z()), dislike: 1e-7 * z() },
    ...{ outcome: 1e4 * (z() + g / 20), dropped: random.unit() < 0.02 ? 'no_outcome' : '' },
  };
});

const worst = (values: Float64Array, truth: Float64Array) =>
  truth.reduce((most, value, i) => Math.max(most, Math.abs((values[i] ?? NaN) - value)), 0);

let fixture: WarehouseFixture;
const query = <Row>({ sql, parameters }: StageQuery) => fixture.warehouse.query<Row>({ sql, parameters });

async function momentsAt(threads: number, source = 'snapshot') {
  const withThreads = (stage: StageQuery) => ({
    ...stage,
    sql: stage.sql.includes('SETTINGS')
      ? `${stage.sql}, max_threads = ${threads}`
      : `${stage.sql} SETTINGS max_threads = ${threads}`,
  });
  const one = async <Row>(stage: StageQuery) => (await query<Row>(withThreads(stage)))[0] as Row;
  const extents = await one<momentsSql.Extents>(momentsSql.extentsQuery(source, terms, plan));
  const sums = await one<momentsSql.ScaleSums>(momentsSql.scaleSumsQuery(source, terms, extents));
  const scales = momentsSql.scalesFromSums(extents, sums);
  const { most } = await one<{ most: number }>(momentsSql.largestSquaresQuery(source, terms, scales));
  const fixedPoint = momentsSql.fixedPointFrom(most);
  const strata = chosenStratification(plan, extents.sessions, extents.strata);
  const cells = await query<momentsSql.CellRow>(
    withThreads(momentsSql.cellsQuery(source, terms, scales, strata, fixedPoint)),
  );
  const products = await query<momentsSql.ProductsRow>(
    withThreads(momentsSql.productsQuery(source, terms, scales, fixedPoint)),
  );
  return { extents, scales, strata, fixedPoint, cells, products };
}

beforeAll(async () => {
  fixture = await openWarehouseFixture();
  await fixture.warehouse.command({
    sql: `CREATE TABLE snapshot (annotator_id String, session_id String, started_ms Int64, period UInt32, cycle String, daypart String,
      model_version String, active_time Float64, turns Float64, regenerate Float64, like Float64, dislike Float64,
      outcome Float64, dropped String) ENGINE = MergeTree ORDER BY annotator_id`,
  });
  const lines = snapshot.map((row) => JSON.stringify(row));
  for (let from = 0; from < lines.length; from += 1500)
    await fixture.warehouse.insert('snapshot', lines.slice(from, from + 1500).join('\n'), 1500);
});
afterAll(() => fixture.close());

describe('moments from the warehouse', () => {
  const kept = snapshot.filter(({ dropped }) => dropped === '');
  const names = terms.filter(({ kind }) => kind === 'main').map(({ signals }) => signals[0] as 'like');

  it('are those of the rows', async () => {
    const { extents, scales, strata, fixedPoint, cells, products } = await momentsAt(2);
    expect(extents.sessions).toBe(kept.length);
    expect(extents.strata).toEqual([32, 8, 4, 2]);
    expect(strata).toEqual(['period', 'cycle', 'daypart', 'model_version']);
    expect(fixedPoint.wide).toBe(false);
    const rows = kept.map((row): AnalysisRow => ({
      annotator: row.annotator_id,
      stratum: [`W${row.period}`, row.cycle, row.daypart, row.model_version].join('|'),
      signals: names.map((name) => row[name]),
      outcome: row.outcome,
    }));
    scalesFromRows(rows).forEach(({ mean, sd }, j) => {
      expect(((scales[j]?.mean ?? NaN) - mean) / sd).toBeCloseTo(0, 6);
      expect((scales[j]?.sd ?? NaN) / sd).toBeCloseTo(1, 6);
    });
    const width = terms.length + 1;
    const theirs = momentsFromWarehouse(cells, products, width);
    const ours = momentsFromRows(rows, terms, scales);
    expect(theirs.annotators).toEqual(ours.annotators);
    expect(theirs.cellRows.length).toBe(ours.cellRows.length);
    expect(theirs.cellAnnotator).toEqual(ours.cellAnnotator);
    expect(theirs.cellRows).toEqual(ours.cellRows);
    expect(worst(theirs.cellSums, ours.cellSums)).toBeLessThan(tolerance);
    const largest = ours.products.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    expect(worst(theirs.products, ours.products)).toBeLessThan(tolerance * largest);
    const [a, b] = [theirs, ours].map((moments) =>
      estimateEffects(moments, terms, plan, createRandom('signs')),
    );
    if (a?.answer !== true || b?.answer !== true) throw new Error('no answer');
    a.direct.theta.forEach((value, j) => expect(value).toBeCloseTo(b.direct.theta[j] ?? NaN, 7));
  });

  it('have the same bytes at any number of threads', async () => {
    const [alone, ...many] = [await momentsAt(1), await momentsAt(2), await momentsAt(4)];
    for (const other of many) expect(JSON.stringify(other)).toBe(JSON.stringify(alone));
  });

  it('are the same when products need 128 bits', async () => {
    const { scales, fixedPoint, products } = await momentsAt(2);
    const wide = await query<momentsSql.ProductsRow>(
      momentsSql.productsQuery('snapshot', terms, scales, { ...fixedPoint, wide: true }),
    );
    expect(wide).toEqual(products);
  });

  it('are those of signals that moved on, when a placebo is drawn', async () => {
    const story = await query<Record<string, unknown>>({
      sql: `SELECT * FROM ${shiftedRows('snapshot', 3)} WHERE annotator_id = 'g7' ORDER BY toUInt32(substring(session_id, 2))`,
      parameters: {},
    });
    const own = kept.filter(({ annotator_id }) => annotator_id === 'g7');
    expect(story.map(({ outcome }) => outcome)).toEqual(own.map(({ outcome }) => outcome));
    const likes = own.map(({ like, active_time }) => [like, active_time]);
    const moved = story.map(({ like, active_time }) => [like, active_time]);
    const shift = likes.findIndex((pair) => JSON.stringify(pair) === JSON.stringify(moved[0]));
    expect(shift).toBeGreaterThan(0);
    expect(moved).toEqual([...likes.slice(shift), ...likes.slice(0, shift)]);

    const { cells, products, extents } = await momentsAt(2, shiftedRows('snapshot', 3));
    expect(extents.sessions).toBe(kept.length);
    const within = withinTwoWay(momentsFromWarehouse(cells, products, terms.length + 1));
    const z = meanAbsoluteZ([fitClustered(within, [0, 1, 2, 3, 4])]);
    expect(z).toBeGreaterThan(0.1);
    expect(z).toBeLessThan(2);
  });

  it('say how many are left out', async () => {
    const dropped = await query(momentsSql.droppedQuery('snapshot'));
    expect(dropped).toEqual([{ reason: 'no_outcome', count: snapshot.length - kept.length }]);
  });
});
