import { activityWindowDays, type CohortHistory, type DayTotals } from './cohort.ts';

/** One day (UTC date, as days since 1970) on which an annotator did anything. */
export interface AnnotatorDay extends DayTotals {
  readonly day: number;
}

/**
 * What is known of an annotator before a day.
 * @param days the annotator's days, each once, in any order; those from `day` on are left out
 */
export function historyBefore(days: Iterable<AnnotatorDay>, day: number): CohortHistory {
  let first = day;
  let activeDays = 0;
  const past = { sessions: 0, userTurns: 0, replies: 0, regenerations: 0, reactions: 0 };
  for (const each of days) {
    if (each.day >= day) continue;
    first = Math.min(first, each.day);
    if (each.day >= day - activityWindowDays) activeDays += 1;
    past.sessions += each.sessions;
    past.userTurns += each.userTurns;
    past.replies += each.replies;
    past.regenerations += each.regenerations;
    past.reactions += each.reactions;
  }
  return { ageDays: day - first, activeDays, past };
}
