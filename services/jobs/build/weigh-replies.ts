import type { ReactionFit } from '../../../pipelines/reactions/reaction-fit.ts';
import type { BuildContext } from './build-context.ts';
import { insertFloorDropsSql } from './evidence-sql.ts';
import { fitReactions } from './fit-reactions.ts';
import { judgeFloor } from './judge-floor.ts';
import type { FloorVerdict } from './judge-floor.ts';
import { markOutliers, readSessionShapes } from './mark-outliers.ts';
import type { Outliers } from './mark-outliers.ts';
import { measureReplies } from './measure-replies.ts';

export interface WeighedReplies extends FloorVerdict {
  readonly fit: ReactionFit;
  readonly outliers: Outliers;
}

/** What there is to know of every reply before rows are made: floor, reward, and who does not count. */
export async function weighReplies(context: BuildContext): Promise<WeighedReplies> {
  const { warehouse, asOf, buildId } = context;
  const measured = await measureReplies(context);
  const floor = await judgeFloor(context, measured.characters);
  await warehouse.command({ sql: insertFloorDropsSql, parameters: { app: asOf.app, build: buildId } });
  // The engine counts sessions while the model is fitted here.
  const shapes = readSessionShapes(context);
  shapes.catch(() => undefined);
  const fit = await fitReactions(context, measured);
  return { ...floor, fit, outliers: await markOutliers(context, await shapes) };
}
