import { cellGraphFromMoments } from '../../../pipelines/effects/cell-graph.ts';
import type { ClusterFit } from '../../../pipelines/effects/cluster-robust.ts';
import { heldRows, residualScaleQuery } from '../../../pipelines/effects/huber-sql.ts';
import type { FittedModel } from '../../../pipelines/effects/huber-sql.ts';
import { averagedSlopes, interactedRows } from '../../../pipelines/effects/interacted-strata.ts';
import type { AveragedSlope } from '../../../pipelines/effects/interacted-strata.ts';
import { fitLeastSquares } from '../../../pipelines/effects/least-squares.ts';
import type { Moments } from '../../../pipelines/effects/moments.ts';
import { demeanedRows, settledRows } from '../../../pipelines/effects/side-sources.ts';
import type { Term } from '../../../pipelines/effects/terms.ts';
import { fitTwoWayClustered, withinThreeWay } from '../../../pipelines/effects/three-way-fixed-effects.ts';
import { withinTwoWay } from '../../../pipelines/effects/two-way-fixed-effects.ts';
import { projectTwoWay } from '../../../pipelines/effects/two-way-projection.ts';
import { at } from '../../../pipelines/maths/matrix.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { readMomentsIn, readMomentsOfSame } from './read-moments.ts';
import type { RowsMoments } from './read-moments.ts';

/** The direct model once more, otherwise. By term; null where that fit cannot tell. */
export interface Refits {
  readonly huber: readonly (number | null)[];
  /** Of interactions: both signals less the annotator's own means before they are multiplied. */
  readonly doubleDemeaned: readonly (number | null)[];
  /** Of mains: slopes by time of day, averaged. */
  readonly interactedStrata: readonly (AveragedSlope | null)[];
  /** Without the sessions that could still get an outcome; null when there are none, or nothing else. */
  readonly settled: readonly (number | null)[] | null;
  /** With the character as a third effect; errors clustered by annotator and character. */
  readonly withCharacter: {
    readonly characters: number;
    readonly effects: readonly ({ readonly estimate: number; readonly stdError: number } | null)[];
  } | null;
}

export interface RefitSource {
  readonly warehouse: Warehouse;
  readonly table: string;
  readonly terms: readonly Term[];
  readonly rows: RowsMoments;
  /** The fit that is refitted. */
  readonly direct: ClusterFit;
}

export async function refit(source: RefitSource): Promise<Refits> {
  return {
    huber: await huber(source),
    doubleDemeaned: await doubleDemeaned(source),
    interactedStrata: await interactedStrata(source),
    settled: await settled(source),
    withCharacter: await withCharacter(source),
  };
}

/** By term. */
function estimatesOf(moments: Moments | null, terms: readonly Term[]): (number | null)[] {
  if (!moments) return terms.map(() => null);
  const fit = fitLeastSquares(
    withinTwoWay(moments, { leaveOneOut: false }),
    terms.map((_, column) => column),
  );
  return terms.map((_, column) => {
    const j = fit.columns.indexOf(column);
    return j < 0 ? null : at(fit.theta, j);
  });
}

/** Each round brings the estimates nearer by the share of the residuals that are held: a tenth or less. */
const roundsFor = (sessions: number) => (sessions <= 1_000_000 ? 4 : 2);

async function huber({ warehouse, table, terms, rows }: RefitSource): Promise<(number | null)[]> {
  const effects = `${table}_fit`;
  let moments = rows.moments;
  let estimates = estimatesOf(moments, terms);
  let sd: number | undefined;
  try {
    await warehouse.command({
      sql: `CREATE TABLE ${effects} (round UInt8, kind LowCardinality(String), name String, effect Float64)
        ENGINE = MergeTree ORDER BY (round, kind, name)`,
    });
    for (let round = 0; round < roundsFor(rows.sessions); round += 1) {
      const theta = estimates.map((value) => value ?? 0);
      await writeEffects(warehouse, effects, round, moments, theta);
      const model: FittedModel = {
        ...{ terms, scales: rows.scales, strata: rows.strata, theta, table: effects, round },
      };
      if (sd === undefined) {
        const [scale] = await warehouse.query<{ sd: number }>(residualScaleQuery(table, model));
        sd = scale?.sd ?? 0;
      }
      if (!(sd > 0)) break;
      moments = await readMomentsOfSame(rows, warehouse, heldRows(table, model, sd), terms);
      estimates = estimatesOf(moments, terms);
    }
  } finally {
    await warehouse.command({ sql: `DROP TABLE IF EXISTS ${effects} SYNC` });
  }
  return estimates;
}

/** Annotator and stratum effects of the outcome, less what the terms explain of it. */
async function writeEffects(
  warehouse: Warehouse,
  table: string,
  round: number,
  moments: Moments,
  theta: readonly number[],
): Promise<void> {
  const { width, annotators, strata } = moments;
  const { annotatorEffects, stratumEffects } = projectTwoWay(cellGraphFromMoments(moments));
  const left = (effects: Float64Array, i: number) =>
    theta.reduce(
      (sum, slope, j) => sum - slope * at(effects, i * width + j),
      at(effects, i * width + width - 1),
    );
  const lines = [
    ...annotators.map((name, g) => ({ round, kind: 'annotator', name, effect: left(annotatorEffects, g) })),
    ...strata.map((name, s) => ({ round, kind: 'stratum', name, effect: left(stratumEffects, s) })),
  ];
  await warehouse.insert(table, lines.map((line) => JSON.stringify(line)).join('\n'), lines.length);
}

async function doubleDemeaned({ warehouse, table, terms, rows }: RefitSource): Promise<(number | null)[]> {
  if (terms.every(({ kind }) => kind === 'main')) return terms.map(() => null);
  const mains = terms.filter(({ kind }) => kind === 'main').map(({ signals }) => signals[0] ?? '');
  const scales = rows.scales.map(({ mean, sd }, j) => ({ mean: j < mains.length ? 0 : mean, sd }));
  const moments = await readMomentsOfSame({ ...rows, scales }, warehouse, demeanedRows(table, mains), terms);
  return estimatesOf(moments, terms).map((value, i) => (terms[i]?.kind === 'main' ? null : value));
}

async function interactedStrata({
  warehouse,
  table,
  terms,
  rows,
  direct,
}: RefitSource): Promise<(AveragedSlope | null)[]> {
  const levels = await warehouse.query<{ daypart: string; sessions: number }>({
    sql: `SELECT daypart, count() AS sessions FROM ${table} WHERE dropped = '' GROUP BY daypart ORDER BY daypart`,
  });
  if (levels.length < 2) return terms.map(() => null);
  const names = levels.map(({ daypart }) => daypart);
  const columns = interactedRows(table, terms, rows.scales, names);
  const scales = [...columns.terms, null].map(() => ({ mean: 0, sd: 1 }));
  const moments = await readMomentsOfSame({ ...rows, scales }, warehouse, columns.source, columns.terms);
  const slopes = averagedSlopes(
    withinTwoWay(moments, { leaveOneOut: false }),
    columns.terms,
    levels.map(({ sessions }) => sessions / rows.sessions),
    direct,
    terms.filter(({ kind }) => kind === 'main').length,
  );
  return terms.map((_, i) => slopes[i] ?? null);
}

async function settled({ warehouse, table, terms, rows }: RefitSource): Promise<(number | null)[] | null> {
  const [counts] = await warehouse.query<{ settled: number }>({
    sql: `SELECT countIf(settled) AS settled FROM ${table} WHERE dropped = ''`,
  });
  const count = counts?.settled ?? 0;
  if (count === rows.sessions || count < rows.sessions / 2) return null;
  return estimatesOf(await readMomentsIn(rows, warehouse, settledRows(table), terms), terms);
}

/** Beyond so many pairs of annotator and character their moments no longer fit in memory beside the rest. */
const mostPairs = 200_000;

async function withCharacter({
  warehouse,
  table,
  terms,
  rows,
}: RefitSource): Promise<Refits['withCharacter']> {
  const [counts] = await warehouse.query<{ characters: number; pairs: number }>({
    sql: `SELECT uniqExact(character_id) AS characters, uniqExact(annotator_id, character_id) AS pairs
      FROM ${table} WHERE dropped = ''`,
  });
  const { characters = 0, pairs = 0 } = counts ?? {};
  if (characters < 2 || pairs > mostPairs) return null;
  const source = `(SELECT * REPLACE (concat(annotator_id, char(1), character_id) AS annotator_id) FROM ${table})`;
  const moments = await readMomentsIn(rows, warehouse, source, terms);
  if (!moments) return null;
  const within = withinThreeWay(moments, (name) => {
    const at0 = name.lastIndexOf('\u0001');
    return [name.slice(0, at0), name.slice(at0 + 1)];
  });
  const { fit, stdErrors } = fitTwoWayClustered(
    within,
    terms.map((_, column) => column),
  );
  return {
    characters,
    effects: terms.map((_, column) => {
      const j = fit.columns.indexOf(column);
      return j < 0 ? null : { estimate: at(fit.theta, j), stdError: at(stdErrors, j) };
    }),
  };
}
