import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { analysisPlanFromJson } from '../../pipelines/effects/analysis-plan.ts';
import { estimateEffects } from '../../pipelines/effects/estimate-effects.ts';
import { momentsFromRows, scalesFromRows } from '../../pipelines/effects/moments-from-rows.ts';
import type { AnalysisRow } from '../../pipelines/effects/moments-from-rows.ts';
import * as momentsSql from '../../pipelines/effects/moments-sql.ts';
import { everyone } from '../../pipelines/effects/scaled-rows-sql.ts';
import type { NameRange } from '../../pipelines/effects/scaled-rows-sql.ts';
import * as unitsSql from '../../pipelines/effects/units-sql.ts';
import type { StageQuery } from '../../pipelines/effects/stage-query.ts';
import { heldRows, residualScaleQuery } from '../../pipelines/effects/huber-sql.ts';
import type { FittedModel } from '../../pipelines/effects/huber-sql.ts';
import { interactedRows } from '../../pipelines/effects/interacted-strata.ts';
import {
  demeanedRows,
  rowsByLatency,
  rowsByPresence,
  rowsWithNeighbour,
  settledRows,
} from '../../pipelines/effects/side-sources.ts';
import { splitMoments } from '../../pipelines/effects/split-moments.ts';
import { strataCodes } from '../../pipelines/effects/strata-codes.ts';
import { meanAbsoluteZ, shiftedRows } from '../../pipelines/effects/placebo-shift.ts';
import { fitClustered } from '../../pipelines/effects/cluster-robust.ts';
import { withinTwoWay } from '../../pipelines/effects/two-way-fixed-effects.ts';
import { termsFromPlan } from '../../pipelines/effects/terms.ts';
import { drawIndex, drawNormal } from '../../pipelines/maths/draws.ts';
import { createRandom } from '../../pipelines/maths/random.ts';
import type { Warehouse } from '../../services/engines/warehouse/warehouse.ts';
import { readMoments } from '../../services/jobs/effects/read-moments.ts';
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
    ...{
      regenerate: random.unit() < 0.7 ? 0 : random.unit(),
      like: Math.max(0, z()),
      dislike: 1e-7 * z(),
      total_time: 1,
      latency: i % 3,
      settled: i % 2 === 0,
    },
    ...{ outcome: 1e4 * (z() + g / 20), dropped: random.unit() < 0.02 ? 'no_outcome' : '' },
  };
});

const worst = (values: Float64Array, truth: Float64Array) =>
  truth.reduce((most, value, i) => Math.max(most, Math.abs((values[i] ?? NaN) - value)), 0);

const sortedRows = (rows: readonly (readonly number[])[]) =>
  [...rows].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0));

let fixture: WarehouseFixture;
/** The warehouse with a number of threads. */
function warehouseAt(threads: number): Warehouse {
  const limited = ({ sql, parameters }: StageQuery) => ({
    parameters,
    sql: `${sql}${sql.includes('SETTINGS') ? ',' : ' SETTINGS'} max_threads = ${threads}`,
  });
  return {
    ...fixture.warehouse,
    query: (query) => fixture.warehouse.query(limited({ parameters: {}, ...query })),
    queryNumbers: (query) => fixture.warehouse.queryNumbers(limited({ parameters: {}, ...query })),
  };
}

async function momentsAt(threads: number, source = 'snapshot') {
  const rows = await readMoments(warehouseAt(threads), source, terms, plan);
  if (!rows) throw new Error('no rows');
  return rows;
}

beforeAll(async () => {
  fixture = await openWarehouseFixture();
  await fixture.warehouse.command({
    sql: `CREATE TABLE snapshot (annotator_id String, session_id String, started_ms Int64, period UInt32, cycle String, daypart String,
      model_version String, active_time Float64, turns Float64, regenerate Float64, like Float64, dislike Float64, total_time Float64, latency Float64, settled Bool,
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
    const { sessions, scales, strata, fixedPoint, moments: theirs } = await momentsAt(2);
    expect(sessions).toBe(kept.length);
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
    const ours = momentsFromRows(rows, terms, scales);
    expect(theirs.annotators).toEqual(ours.annotators);
    expect(theirs.strata).toEqual(ours.strata);
    expect(theirs.cellStratum).toEqual(ours.cellStratum);
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
    for (const other of many) expect(other).toEqual(alone);
  });

  it('are the same when products need 128 bits, and in parts', async () => {
    const { scales, fixedPoint } = await momentsAt(2);
    const warehouse = warehouseAt(2);
    const sorted = (rows: Float64Array, columns: number) =>
      Array.from({ length: rows.length / columns }, (_, i) => rows.slice(i * columns, (i + 1) * columns))
        .map((row) => row.join())
        .sort();
    const productsOf = async (unit: unitsSql.FixedPoint) =>
      sorted(
        await warehouse.queryNumbers(momentsSql.productsQuery('snapshot', terms, scales, unit, 0)),
        momentsSql.productColumns(terms.length + 1),
      );
    expect(await productsOf({ ...fixedPoint, wide: true })).toEqual(await productsOf(fixedPoint));

    const codes = strataCodes(await warehouse.query(momentsSql.strataQuery('snapshot')), ['daypart']);
    const cellsIn = (range: NameRange) =>
      warehouse.queryNumbers(momentsSql.cellsQuery('snapshot', terms, scales, codes, fixedPoint, 0, range));
    const columns = momentsSql.cellColumns(terms.length + 1);
    const parts = [await cellsIn({ from: null, to: 'g3' }), await cellsIn({ from: 'g3', to: null })];
    expect(parts.flatMap((part) => sorted(part, columns)).sort()).toEqual(
      sorted(await cellsIn(everyone), columns),
    );
  });

  it('choose a unit that no sum can overflow', async () => {
    const { scales, sessions } = await momentsAt(2);
    const [extents] = await fixture.warehouse.query<unitsSql.Extents>(
      unitsSql.extentsQuery('snapshot', terms),
    );
    const [{ most } = { most: NaN }] = await fixture.warehouse.query<{ most: number }>(
      unitsSql.largestSquaresQuery('snapshot', terms, scales),
    );
    if (!extents) throw new Error('no extents');
    expect(unitsSql.boundOnSquares(terms, scales, extents, sessions)).toBeGreaterThan(most);
  });

  it('are those of signals that moved on, when a placebo is drawn', async () => {
    const story = await fixture.warehouse.query<Record<string, unknown>>({
      sql: `SELECT * FROM ${shiftedRows('snapshot', 4)} WHERE annotator_id = 'g7|3' ORDER BY toUInt32(substring(session_id, 2))`,
      parameters: {},
    });
    const own = kept.filter(({ annotator_id }) => annotator_id === 'g7');
    expect(story.map(({ outcome }) => outcome)).toEqual(own.map(({ outcome }) => outcome));
    const likes = own.map(({ like, active_time }) => [like, active_time]);
    const moved = story.map(({ like, active_time }) => [like, active_time]);
    const shift = likes.findIndex((pair) => JSON.stringify(pair) === JSON.stringify(moved[0]));
    expect(shift).toBeGreaterThan(0);
    expect(moved).toEqual([...likes.slice(shift), ...likes.slice(0, shift)]);

    const { sessions, moments } = await momentsAt(2, shiftedRows('snapshot', 4));
    expect(sessions).toBe(4 * kept.length);
    const parts = splitMoments(moments, (name) => name.split('|')[1] ?? '');
    expect([...parts.keys()].sort()).toEqual(['0', '1', '2', '3']);
    const part = parts.get('3');
    if (!part) throw new Error('no draw');
    expect(part.cellRows.reduce((sum, rows) => sum + rows, 0)).toBe(kept.length);
    const within = withinTwoWay(part);
    const z = meanAbsoluteZ([fitClustered(within, [0, 1, 2, 3, 4])]);
    expect(z).toBeGreaterThan(0.1);
    expect(z).toBeLessThan(2);
  });

  it.each([
    ['with the session before', rowsWithNeighbour('snapshot', names, 'before'), kept.length - 60],
    ['by presence', rowsByPresence('snapshot', names), snapshot.length],
    ['by latency', rowsByLatency('snapshot', names), kept.length],
    ['settled', settledRows('snapshot'), kept.filter(({ settled }) => settled).length],
    ['demeaned', demeanedRows('snapshot', names), kept.length],
    ['by time of day', interactedRows('snapshot', terms, [], ['night', 'evening']).source, kept.length],
  ])('hold no session that is left out: %s', async (_, source, sessions) => {
    const [found] = await fixture.warehouse.query<{ sessions: number }>({
      sql: `SELECT count() AS sessions FROM ${source} WHERE dropped = ''`,
    });
    expect(found?.sessions).toBe(sessions);
  });

  const own = kept.filter(({ annotator_id }) => annotator_id === 'g7');
  const ownRows = async (source: string, columns: readonly string[]) => {
    const rows = await fixture.warehouse.query<Record<string, number>>({
      sql: `SELECT ${columns.join(', ')} FROM ${source} WHERE annotator_id = 'g7' AND dropped = ''`,
    });
    return sortedRows(rows.map((row) => columns.map((column) => row[column] ?? NaN)));
  };

  it('pair signals with the outcome before them, and an outcome with the signals after it', async () => {
    const columns = ['turns', 'neighbour_turns', 'outcome'];
    expect(await ownRows(rowsWithNeighbour('snapshot', ['turns'], 'before'), columns)).toEqual(
      sortedRows(own.slice(1).map(({ turns }, i) => [turns, own[i]?.turns ?? NaN, own[i]?.outcome ?? NaN])),
    );
    expect(await ownRows(rowsWithNeighbour('snapshot', ['turns'], 'after'), columns)).toEqual(
      sortedRows(own.slice(0, -1).map(({ turns, outcome }, i) => [turns, own[i + 1]?.turns ?? NaN, outcome])),
    );
  });

  it('take the presence of an outcome, and the latency, for one', async () => {
    const all = snapshot.filter(({ annotator_id }) => annotator_id === 'g7');
    expect(await ownRows(rowsByPresence('snapshot', ['turns']), ['turns', 'outcome'])).toEqual(
      sortedRows(all.map(({ turns, dropped }) => [turns, dropped === '' ? 1 : 0])),
    );
    expect(await ownRows(rowsByLatency('snapshot', ['turns']), ['turns', 'outcome'])).toEqual(
      sortedRows(own.map(({ turns, latency }) => [turns, latency])),
    );
    expect(await ownRows(settledRows('snapshot'), ['turns'])).toEqual(
      sortedRows(own.filter(({ settled }) => settled).map(({ turns }) => [turns])),
    );
  });

  it('have a column for each signal in each time of day', async () => {
    const scales = names.map(() => ({ mean: 0, sd: 1 }));
    const { source } = interactedRows(
      'snapshot',
      terms,
      [...scales, { mean: 0, sd: 1 }],
      ['night', 'evening'],
    );
    const turns = names.indexOf('turns' as 'like');
    expect(await ownRows(source, [`main_${turns}_0`, `main_${turns}_1`])).toEqual(
      sortedRows(own.map((row) => (row.daypart === 'night' ? [row.turns, 0] : [0, row.turns]))),
    );
  });

  it('hold residuals at 1.345 of their deviations, and leave the others alone', async () => {
    const lines = [
      ...[...new Set(kept.map(({ annotator_id }) => annotator_id))].map((name) => ({
        ...{ kind: 'annotator', name, effect: Number(name.slice(1)) / 100 },
      })),
      ...[
        { kind: 'stratum', name: 'night', effect: 0.1 },
        { kind: 'stratum', name: 'evening', effect: -0.2 },
      ],
    ].map((line) => ({ round: 3, ...line }));
    await fixture.warehouse.command({
      sql: 'CREATE TABLE fit (round UInt8, kind String, name String, effect Float64) ENGINE = MergeTree ORDER BY name',
    });
    await fixture.warehouse.insert('fit', lines.map((line) => JSON.stringify(line)).join('\n'), lines.length);
    const { scales } = await momentsAt(2);
    const turns = names.indexOf('turns' as 'like');
    const theta = terms.map((_, t) => (t === turns ? 0.5 : 0));
    const model: FittedModel = { terms, scales, strata: ['daypart'], theta, table: 'fit', round: 3 };
    const [ofTurns, ofOutcome] = [scales[turns], scales.at(-1)];
    if (!ofTurns || !ofOutcome) throw new Error('no scales');
    const fits = kept.map((row) => {
      const fitted =
        (0.5 * (row.turns - ofTurns.mean)) / ofTurns.sd +
        Number(row.annotator_id.slice(1)) / 100 +
        (row.daypart === 'night' ? 0.1 : -0.2);
      return { row, fitted, residual: (row.outcome - ofOutcome.mean) / ofOutcome.sd - fitted };
    });
    const sizes = fits.map(({ residual }) => Math.abs(residual)).sort((a, b) => a - b);
    const [found] = await fixture.warehouse.query<{ sd: number }>(residualScaleQuery('snapshot', model));
    const sd = (sizes[Math.floor(sizes.length / 2)] ?? NaN) / 0.6744897501960817;
    expect((found?.sd ?? NaN) / sd).toBeCloseTo(1, 2);
    const held = await ownRows(heldRows('snapshot', model, sd), ['turns', 'outcome']);
    const expected = sortedRows(
      fits
        .filter(({ row }) => row.annotator_id === 'g7')
        .map(({ row, fitted, residual }) => {
          const reach = Math.max(-1.345 * sd, Math.min(1.345 * sd, residual));
          return [row.turns, ofOutcome.mean + ofOutcome.sd * (fitted + reach)];
        }),
    );
    held.forEach(([, outcome], i) => {
      expect((outcome ?? NaN) / (expected[i]?.[1] ?? NaN)).toBeCloseTo(1, 9);
    });
    expect(sizes.at(-1)).toBeGreaterThan(1.345 * sd);
  });

  it("measure from the annotator's own mean when demeaned", async () => {
    const [found] = await fixture.warehouse.query<{ worst: number }>({
      sql: `SELECT max(abs(mean)) AS worst FROM
        (SELECT annotator_id, avg(active_time) AS mean FROM ${demeanedRows('snapshot', names)} GROUP BY annotator_id)`,
    });
    expect(found?.worst).toBeLessThan(1e-5);
  });

  it('say how many are left out', async () => {
    const dropped = await fixture.warehouse.query(momentsSql.droppedQuery('snapshot'));
    expect(dropped).toEqual([{ reason: 'no_outcome', count: snapshot.length - kept.length }]);
  });
});
