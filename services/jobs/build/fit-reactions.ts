import { fitReactionModel } from '../../../pipelines/reactions/fit-reaction-model.ts';
import { betterThanTypical } from '../../../pipelines/reactions/pair-probability.ts';
import type { ReactionCell, ReplyReaction } from '../../../pipelines/reactions/reaction-cell.ts';
import type { ChoiceCell, JointDeeds } from '../../../pipelines/reactions/reaction-cell.ts';
import type { ReactionFit } from '../../../pipelines/reactions/reaction-fit.ts';
import { defaultReactionSettings } from '../../../pipelines/reactions/reaction-settings.ts';
import { buildKey } from './build-context.ts';
import type { BuildContext } from './build-context.ts';
import { insertRewardsSql, reactionCellsSql, sideBySideSql } from './evidence-sql.ts';
import type { MeasuredChoice } from './measure-range.ts';
import type { Measured } from './measure-replies.ts';
import { createRowWriter } from './row-writer.ts';

/** The columns of a reply that the reaction model sees, as the warehouse keeps them. */
export interface ReactionColumns {
  readonly floor: number;
  readonly style: number;
  readonly replaced: boolean;
  readonly liked: -1 | 0 | 1;
  readonly regenerated: -1 | 0 | 1;
}

type CellRow = ReactionColumns & { readonly annotator_id: string; readonly replies: number };

/** Fits the reaction model to grouped counts, keeps its lookup table and gives every reply its reward. */
export async function fitReactions(
  context: BuildContext,
  measured: Pick<Measured, 'choices' | 'editedReplies'>,
): Promise<ReactionFit> {
  const { warehouse, asOf, buildId, onProgress } = context;
  const parameters = { app: asOf.app, build: buildId };
  onProgress('Counting reactions', 0, 0);
  const rows = await warehouse.query<CellRow>({ sql: reactionCellsSql, parameters });
  onProgress('Fitting the reaction model', 0, 0);
  const fit = fitOf(rows.map(cellFromRow), {
    choices: await choiceCells(context, measured.choices),
    editedReplies: measured.editedReplies,
  });
  await keepHabits(context, fit);
  await keepPosteriors(context, fit, rows);
  await warehouse.command({ sql: insertRewardsSql, parameters });
  return fit;
}

/**
 * Only regenerations can tell whether longer or more flattering replies are liked for what they are or whatever they
 * are. Where reactions do not go together nothing tells it, and style is left out.
 */
function fitOf(cells: readonly ReactionCell[], deeds: JointDeeds): ReactionFit {
  const fit = fitReactionModel(cells, defaultReactionSettings, deeds);
  if (fit.identified) return fit;
  const styleCovariates = defaultReactionSettings.styleCovariates.map(() => []);
  return fitReactionModel(cells, { ...defaultReactionSettings, styleCovariates }, deeds);
}

export function reactionFromColumns(columns: ReactionColumns): ReplyReaction {
  const { floor, style, replaced, liked, regenerated } = columns;
  return { floor, style, replaced, like: liked, regenerated: regenerated < 0 ? null : regenerated === 1 };
}

function cellFromRow(row: CellRow): ReactionCell {
  return { annotator: row.annotator_id, count: row.replies, ...reactionFromColumns(row) };
}

/** Choices by what is known of both replies, counted. */
async function choiceCells(
  { warehouse, asOf, buildId }: BuildContext,
  choices: readonly MeasuredChoice[],
): Promise<ChoiceCell[]> {
  if (choices.length === 0) return [];
  const replies = await warehouse.query<ReactionColumns & { annotator_id: string; turn_id: string }>({
    sql: sideBySideSql,
    parameters: { app: asOf.app, build: buildId },
  });
  const reactionOf = new Map(
    replies.map((row) => [`${row.annotator_id} ${row.turn_id}`, reactionFromColumns(row)]),
  );
  const cells = new Map<string, ChoiceCell>();
  for (const { annotatorId, chosenTurnId, passedTurnId } of choices) {
    const chosen = reactionOf.get(`${annotatorId} ${chosenTurnId}`);
    const passed = reactionOf.get(`${annotatorId} ${passedTurnId}`);
    if (!chosen || !passed) continue;
    const key = JSON.stringify([annotatorId, chosen, passed]);
    const count = (cells.get(key)?.count ?? 0) + 1;
    cells.set(key, { annotator: annotatorId, chosen, passed, count });
  }
  return [...cells.values()];
}

async function keepHabits(context: BuildContext, { annotators }: ReactionFit): Promise<void> {
  const rows = createRowWriter(context.warehouse, 'annotator_habits', buildKey(context));
  for (const [annotator_id, habits] of annotators) {
    const [like_threshold, dislike_threshold, regenerate_threshold] = habits.thresholds;
    await rows.add({
      annotator_id,
      replies: habits.replies,
      flagged_replies: habits.flaggedReplies,
      ...{ like_threshold, dislike_threshold, regenerate_threshold },
      trust: habits.attentive,
      verdict: habits.verdict,
      shown_mean: habits.shown.mean,
      shown_variance: habits.shown.variance,
    });
  }
  await rows.end();
}

async function keepPosteriors(
  context: BuildContext,
  fit: ReactionFit,
  rows: readonly CellRow[],
): Promise<void> {
  const writer = createRowWriter(context.warehouse, 'reaction_posteriors', buildKey(context));
  for (const row of rows) {
    const cell = cellFromRow(row);
    const { p, reward, variance } = betterThanTypical(fit, row.annotator_id, cell);
    await writer.add({
      ...row,
      reward,
      variance,
      p_typical: p,
    });
  }
  await writer.end();
}
