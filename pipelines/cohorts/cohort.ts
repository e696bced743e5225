/** What an annotator, or a whole app, did over some days; each count is a sum of the days' distinct counts. */
export interface DayTotals {
  readonly sessions: number;
  readonly userTurns: number;
  readonly replies: number;
  readonly regenerations: number;
  /** Replies liked or disliked. */
  readonly reactions: number;
}

/** An annotator's closed days, as seen from one day. */
export interface CohortHistory {
  /** Days since the annotator was first active; 0 on the first day. */
  readonly ageDays: number;
  /** Days active among the 28 before. */
  readonly activeDays: number;
  readonly past: DayTotals;
}

export const activities = ['new', 'casual', 'regular', 'power'] as const;
export const preferences = ['rater', 'regenerator', 'talker', 'lurker'] as const;
export type Activity = (typeof activities)[number];
export type Preference = (typeof preferences)[number];
export type Cohort = `${Activity}-${Preference}`;

/** Replies at the app's own rate that the Beta prior of a rate is worth. */
const priorReplies = 20;
const leastReplies = 20;
const leastLift = 1.25;
export const activityWindowDays = 28;

/**
 * Cohort of an annotator: activity x preference, from closed days only. Same formulas, in the same order of
 * operations, as the view `annotator_cohorts`.
 * @param history the annotator's days before the day in question
 * @param app totals of the whole app over its days before that day
 */
export function cohortFromHistory(history: CohortHistory, app: DayTotals): Cohort {
  return `${activityFromHistory(history)}-${preferenceFromTotals(history.past, app)}`;
}

export function activityFromHistory({ ageDays, activeDays }: CohortHistory): Activity {
  if (ageDays < 7) return 'new';
  const share = activeDays / Math.min(activityWindowDays, ageDays);
  if (share < 0.15) return 'casual';
  return share < 0.5 ? 'regular' : 'power';
}

export function preferenceFromTotals(past: DayTotals, app: DayTotals): Preference {
  const rater = rateLift(past.reactions, past.replies, app.reactions, app.replies);
  const regenerator = rateLift(past.regenerations, past.replies, app.regenerations, app.replies);
  const talker =
    past.sessions === 0 || app.userTurns === 0
      ? 1
      : ((past.userTurns / past.sessions) * app.sessions) / app.userTurns;
  const top = Math.max(rater, regenerator, talker);
  if (past.replies < leastReplies || top < leastLift) return 'lurker';
  if (rater === top) return 'rater';
  return regenerator === top ? 'regenerator' : 'talker';
}

/** How far a rate a reply lies above the app's, shrunk towards it. */
function rateLift(events: number, replies: number, appEvents: number, appReplies: number): number {
  if (appEvents === 0) return 1;
  return ((events * appReplies) / appEvents + priorReplies) / (replies + priorReplies);
}
