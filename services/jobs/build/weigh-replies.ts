import type { ReactionFit } from '../../../pipelines/reactions/reaction-fit.ts';
import type { BuildContext } from './build-context.ts';
import { insertFloorDropsSql } from './evidence-sql.ts';
import { fitReactions } from './fit-reactions.ts';
import { judgeFloor } from './judge-floor.ts';
import type { FloorVerdict } from './judge-floor.ts';
import { markOutliers, readSessions } from './mark-outliers.ts';
import type { Outliers } from './mark-outliers.ts';
import { measureReplies } from './measure-replies.ts';
import { readCohorts } from './read-cohorts.ts';
import type { Cohorts } from './read-cohorts.ts';

export interface WeighedReplies extends FloorVerdict {
  readonly fit: ReactionFit;
  readonly outliers: Outliers;
  readonly cohorts: Cohorts;
}

/** What there is to know of every reply before rows are made: floor, reward, and who does not count. */
export async function weighReplies(context: BuildContext): Promise<WeighedReplies> {
  const { warehouse, asOf, buildId } = context;
  const measured = await measureReplies(context);
  // The engine counts sessions while the floor and the model are worked on here.
  const sessions = Promise.all([readSessions(context), readCohorts(warehouse, asOf)]);
  sessions.catch(() => undefined);
  const floor = await judgeFloor(context, measured.characters);
  await warehouse.command({ sql: insertFloorDropsSql, parameters: { app: asOf.app, build: buildId } });
  const fit = await fitReactions(context, measured);
  const [rows, cohorts] = await sessions;
  return { ...floor, fit, cohorts, outliers: await markOutliers(context, rows, cohorts) };
}
