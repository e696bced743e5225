import type { StrataPart } from '../../schemas/analysis-plan.ts';
import { stratumColumns } from './analysis-rows-sql.ts';
import { doubleSql } from './double-sql.ts';
import type { Scale } from './moments.ts';
import type { StageQuery } from './stage-query.ts';
import type { Term } from './terms.ts';

/** A fitted model whose annotator and stratum effects stand in a table of (round, kind, name, effect). */
export interface FittedModel {
  readonly terms: readonly Term[];
  readonly scales: readonly Scale[];
  readonly strata: readonly StrataPart[];
  /** By term; 0 where it was dropped. */
  readonly theta: readonly number[];
  readonly table: string;
  readonly round: number;
}

/** 95 % as efficient as least squares when errors are normal. */
const tuning = 1.345;

/** One row: `sd`, the residuals' median absolute deviation as a standard deviation, in those of the outcome. */
export function residualScaleQuery(source: string, model: FittedModel): StageQuery {
  return {
    parameters: {},
    sql: `SELECT quantileExact(0.5)(abs(y - fitted)) / 0.6744897501960817 AS sd FROM ${fittedRows(source, model)}`,
  };
}

/**
 * Analysis rows whose outcome is the fit plus the residual, held at 1.345 sd: least squares on them, again and again,
 * ends at Huber's M-estimate, with the design unchanged (pseudo-values).
 */
export function heldRows(source: string, model: FittedModel, sd: number): string {
  const { mean, sd: unit } = model.scales.at(-1) ?? { mean: 0, sd: 1 };
  const reach = doubleSql(tuning * sd);
  return `(SELECT * EXCEPT (fitted, y),
    ${doubleSql(mean)} + ${doubleSql(unit)} * (fitted + greatest(-${reach}, least(${reach}, y - fitted))) AS outcome
    FROM ${fittedRows(source, model)})`;
}

function fittedRows(source: string, model: FittedModel): string {
  const { terms, scales, strata, theta, table, round } = model;
  const effectsOf = (kind: string) =>
    `(SELECT name, effect FROM ${table} WHERE round = ${round} AND kind = '${kind}')`;
  const z = (j: number, column: string) => {
    const { mean, sd } = scales[j] ?? { mean: 0, sd: 0 };
    return sd > 0 ? `((${column} - ${doubleSql(mean)}) / ${doubleSql(sd)})` : '0';
  };
  const mains = terms.filter(({ kind }) => kind === 'main').map(({ signals }) => `\`${signals[0] ?? ''}\``);
  const explained = terms.map(
    ({ factors }, t) =>
      `${doubleSql(theta[t] ?? 0)} * ${factors.map((j) => z(j, mains[j] ?? '')).join(' * ')}`,
  );
  const stratum =
    strata.length === 0 ? `''` : `concat(${strata.map((part) => stratumColumns[part]).join(`, '|', `)}, '')`;
  return `(
    SELECT annotator_id, period, cycle, daypart, model_version, ${mains.join(', ')}, dropped,
        ${z(mains.length, 'outcome')} AS y,
        ${explained.join(' + ')} + of_annotators.effect + of_strata.effect AS fitted
    FROM (SELECT *, ${stratum} AS stratum FROM ${source} WHERE dropped = '') AS sessions
    INNER JOIN ${effectsOf('annotator')} AS of_annotators ON annotator_id = of_annotators.name
    INNER JOIN ${effectsOf('stratum')} AS of_strata ON stratum = of_strata.name
)`;
}
