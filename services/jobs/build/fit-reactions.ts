import type { ChoiceCell } from '../../../pipelines/reactions/reaction-cell.ts';
import type { ReactionFit } from '../../../pipelines/reactions/reaction-fit.ts';
import { buildKey } from './build-context.ts';
import type { BuildContext } from './build-context.ts';
import { insertRewardsSql, reactionCellsSql, sideBySideSql } from './evidence-sql.ts';
import { partsOfLines } from './json-lines.ts';
import type { MeasuredChoice } from './measure-range.ts';
import type { Measured } from './measure-replies.ts';
import { reactionFromColumns } from './reaction-columns.ts';
import type { ReactionColumns } from './reaction-columns.ts';
import { createRowWriter } from './row-writer.ts';

/** Of counts that a thread works on at a time. */
const partBytes = 256 * 1024;

/** Fits the reaction model to grouped counts, keeps its lookup table and gives every reply its reward. */
export async function fitReactions(
  context: BuildContext,
  measured: Pick<Measured, 'choices' | 'editedReplies'>,
): Promise<ReactionFit> {
  const { warehouse, asOf, buildId, crew, onProgress } = context;
  const parameters = { app: asOf.app, build: buildId };
  onProgress('Counting reactions', 0, 0);
  const cells = await warehouse.queryLines({ sql: reactionCellsSql, parameters });
  onProgress('Fitting the reaction model', 0, 0);
  const climb = crew.begin('climb', {});
  const [varied, one, choices] = await Promise.all([
    climb({ cells: new Uint8Array(cells), quality: 'varied' }),
    climb({ cells: new Uint8Array(cells), quality: 'one' }),
    choiceCells(context, measured.choices),
  ]);
  const { editedReplies } = measured;
  const fitted = crew.begin('fit', {});
  const fit = await fitted({ cells: new Uint8Array(cells), choices, editedReplies, maxima: { varied, one } });
  await keepHabits(context, fit);
  await keepPosteriors(context, fit, cells);
  await warehouse.command({ sql: insertRewardsSql, parameters });
  return fit;
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

async function keepPosteriors(context: BuildContext, fit: ReactionFit, cells: Uint8Array): Promise<void> {
  const writer = createRowWriter(context.warehouse, 'reaction_posteriors');
  const posteriorsOf = context.crew.begin('posteriors', { fit, key: buildKey(context) });
  const parts = partsOfLines(cells, partBytes).map((part) => posteriorsOf({ cells: part }));
  for (const rows of await Promise.all(parts)) await writer.addLines(rows);
  await writer.end();
}
