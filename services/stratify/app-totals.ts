import type { DayTotals } from '../../pipelines/cohorts/cohort.ts';
import type { AnnotatorDay } from '../../pipelines/cohorts/history.ts';
import { emptyDay, type Counted, type OpenDay } from './annotator-state.ts';

/** What the annotators of one app did together, day by day. */
export interface AppTotals {
  rose(day: number, counted: Counted): void;
  /** Totals over all days before this one. */
  before(day: number): DayTotals;
}

export function createAppTotals(days: Iterable<AnnotatorDay>): AppTotals {
  const byDay = new Map<number, OpenDay>();
  for (const each of days) byDay.set(each.day, { ...each });
  const sums = new Map<number, DayTotals>();
  let latestSum = Number.NEGATIVE_INFINITY;

  return {
    rose(day, counted) {
      let totals = byDay.get(day);
      if (!totals) byDay.set(day, (totals = emptyDay(day)));
      totals[counted] += 1;
      if (day < latestSum) {
        sums.clear();
        latestSum = Number.NEGATIVE_INFINITY;
      }
    },
    before(day) {
      let sum = sums.get(day);
      if (!sum) {
        sums.set(day, (sum = sumBefore(byDay.values(), day)));
        latestSum = Math.max(latestSum, day);
      }
      return sum;
    },
  };
}

function sumBefore(days: Iterable<OpenDay>, day: number): DayTotals {
  const sum = emptyDay(day);
  for (const each of days) {
    if (each.day >= day) continue;
    sum.sessions += each.sessions;
    sum.userTurns += each.userTurns;
    sum.replies += each.replies;
    sum.regenerations += each.regenerations;
    sum.reactions += each.reactions;
  }
  return sum;
}
