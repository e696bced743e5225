import { cohortFromHistory, type Cohort } from '../../pipelines/cohorts/cohort.ts';
import { dayOfEvent } from '../../pipelines/cohorts/event-day.ts';
import {
  countOnOpenDay,
  historyOfState,
  isActivity,
  openLaterDay,
  type AnnotatorState,
} from './annotator-state.ts';
import type { AppTotals } from './app-totals.ts';
import type { StratifiedRecord } from './stratified-record.ts';

export interface Stamp {
  readonly cohort: Cohort;
  /** The event belongs to a day that the annotator had already left: other stamps may have been different with it. */
  readonly late: boolean;
}

export interface StampContext {
  readonly state: AnnotatorState;
  readonly app: AppTotals;
}

export type CohortStampStep = (event: StratifiedRecord, context: StampContext) => Stamp;

/**
 * Says the annotator's cohort at an event, from the days before the event's own, and counts the event in. On a stream
 * in order of time it is the cohort of the view `annotator_cohorts`; a late event is judged by the days before its own
 * but no longer counted.
 */
export function createCohortStampStep(): CohortStampStep {
  return function stampCohort(event, { state, app }) {
    const day = dayOfEvent(event);
    const openDay = state.openDay?.day;
    const active = isActivity(event.type);
    if (openDay !== day) {
      const later = openDay === undefined || day > openDay;
      if (!later || !active) {
        return { cohort: cohortFromHistory(historyOfState(state, day), app.before(day)), late: !later };
      }
      openLaterDay(state, day);
    }
    state.cohort ??= cohortFromHistory(historyOfState(state, day), app.before(day));
    if (active) countOnOpenDay(state, event, (counted) => app.rose(day, counted));
    return { cohort: state.cohort, late: false };
  };
}
