import { climb, fitReactionModel } from '../../../pipelines/reactions/fit-reaction-model.ts';
import type { QualityWithin } from '../../../pipelines/reactions/fit-reaction-model.ts';
import type { Maximum } from '../../../pipelines/reactions/maximise-likelihood.ts';
import { betterThanTypical } from '../../../pipelines/reactions/pair-probability.ts';
import type { JointDeeds } from '../../../pipelines/reactions/reaction-cell.ts';
import type { ReactionFit } from '../../../pipelines/reactions/reaction-fit.ts';
import { defaultReactionSettings } from '../../../pipelines/reactions/reaction-settings.ts';
import { rowsFromLines } from './json-lines.ts';
import { cellFromRow } from './reaction-columns.ts';
import type { CellRow } from './reaction-columns.ts';
import { createRowLines } from './row-writer.ts';
import type { RowLines } from './row-writer.ts';

export interface CellLines {
  /** `CellRow` as JSON lines. */
  readonly cells: Uint8Array;
}

const cellsFrom = (lines: Uint8Array) => Array.from(rowsFromLines<CellRow>(lines), cellFromRow);

export const climbCells = ({ cells, quality }: CellLines & { readonly quality: QualityWithin }): Maximum =>
  climb(cellsFrom(cells), defaultReactionSettings, quality);

export interface FitInput extends CellLines, JointDeeds {
  /** By `climbCells` from the same cells. */
  readonly maxima: Readonly<Record<QualityWithin, Maximum>>;
}

/**
 * Fits the reaction model. Only regenerations can tell whether longer or more flattering replies are liked for what
 * they are or whatever they are. Where reactions do not go together nothing tells it, and style is left out.
 */
export function fitCells({ cells: lines, maxima, ...deeds }: FitInput): ReactionFit {
  const cells = cellsFrom(lines);
  const fit = fitReactionModel(cells, defaultReactionSettings, deeds, maxima);
  if (fit.identified) return fit;
  const styleCovariates = defaultReactionSettings.styleCovariates.map(() => []);
  return fitReactionModel(cells, { ...defaultReactionSettings, styleCovariates }, deeds);
}

/** Makes the model's lookup table: rows of `reaction_posteriors`. @param key columns that name the build */
export function createPosteriorWork({ fit, key }: { readonly fit: ReactionFit; readonly key: object }) {
  return ({ cells }: CellLines): RowLines => {
    const rows = createRowLines(key);
    for (const row of rowsFromLines<CellRow>(cells)) {
      const { p, reward, variance } = betterThanTypical(fit, row.annotator_id, cellFromRow(row));
      rows.add({ ...row, reward, variance, p_typical: p });
    }
    return rows.lines();
  };
}
