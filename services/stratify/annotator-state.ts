import { historyBefore, type AnnotatorDay } from '../../pipelines/cohorts/history.ts';
import type { Cohort, CohortHistory } from '../../pipelines/cohorts/cohort.ts';
import type { StratifiedRecord } from './stratified-record.ts';

export type Counted = 'sessions' | 'userTurns' | 'replies' | 'regenerations' | 'reactions';
export type OpenDay = { -readonly [Field in keyof AnnotatorDay]: AnnotatorDay[Field] };

/** What an annotator did, day by day. The newest day is open: what is counted on it is known by identity. */
export interface AnnotatorState {
  /** The partition that carries the annotator's events. */
  readonly partition: number;
  /** Days before the open one. */
  readonly closedDays: AnnotatorDay[];
  openDay: OpenDay | undefined;
  /** Ids counted on the open day. */
  readonly counted: Readonly<Record<Counted, Set<string>>>;
  /** The session of the event before: nearly always that of the next, too. */
  latestSession: string | undefined;
  /** Cohort on the open day. */
  cohort: Cohort | undefined;
  /** Cohort of the event before, as stamped; undefined when this process has stamped none. */
  stampedCohort: Cohort | undefined;
}

export function emptyAnnotatorState(partition: number): AnnotatorState {
  return {
    partition,
    closedDays: [],
    openDay: undefined,
    counted: {
      sessions: new Set(),
      userTurns: new Set(),
      replies: new Set(),
      regenerations: new Set(),
      reactions: new Set(),
    },
    latestSession: undefined,
    cohort: undefined,
    stampedCohort: undefined,
  };
}

export function emptyDay(day: number): OpenDay {
  return { day, sessions: 0, userTurns: 0, replies: 0, regenerations: 0, reactions: 0 };
}

/** Whether events of the type make a day on which the annotator did something. */
export function isActivity(type: string): boolean {
  return type !== 'metric' && type !== 'quality' && type !== 'annotator' && type !== 'retract';
}

/** What came before is erased: the annotator begins anew. */
export function forgetHistory(state: AnnotatorState): void {
  state.closedDays.length = 0;
  state.openDay = undefined;
  for (const ids of Object.values(state.counted)) ids.clear();
  state.latestSession = undefined;
  state.cohort = undefined;
  state.stampedCohort = undefined;
}

export function historyOfState(state: AnnotatorState, day: number): CohortHistory {
  return historyBefore(state.openDay ? [...state.closedDays, state.openDay] : state.closedDays, day);
}

/** Makes a later day the open one. */
export function openLaterDay(state: AnnotatorState, day: number): void {
  if (state.openDay) state.closedDays.push(state.openDay);
  state.openDay = emptyDay(day);
  for (const ids of Object.values(state.counted)) ids.clear();
  state.latestSession = undefined;
  state.cohort = undefined;
}

/** Counts an event of the open day, each distinct thing once; says which counts rose. */
export function countOnOpenDay(
  state: AnnotatorState,
  event: StratifiedRecord,
  rose: (counted: Counted) => void,
): void {
  const sessionId = event.session_id ?? '';
  if (sessionId !== state.latestSession) {
    state.latestSession = sessionId;
    countOnce(state, 'sessions', sessionId, rose);
  }
  const turnId = event.turn_id ?? '';
  if (event.type === 'turn') {
    if (event.role === 'user') countOnce(state, 'userTurns', turnId, rose);
    else if (event.role === 'assistant') countOnce(state, 'replies', event.reply_id ?? turnId, rose);
  } else if (event.type === 'regenerate') countOnce(state, 'regenerations', turnId, rose);
  else if (event.type === 'like' && event.value !== 0) countOnce(state, 'reactions', turnId, rose);
}

function countOnce(state: AnnotatorState, what: Counted, id: string, rose: (counted: Counted) => void): void {
  const ids = state.counted[what];
  if (!state.openDay || ids.has(id)) return;
  ids.add(id);
  state.openDay[what] += 1;
  rose(what);
}
