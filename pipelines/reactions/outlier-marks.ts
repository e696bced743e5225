import { idleTabMarks, burstMarks } from './outlier-sessions.ts';
import { scriptedMarks } from './scripted-annotators.ts';
import { spreadMarks } from './spread-marks.ts';

/** The first four by spread within a cohort, on a logarithmic scale; the others by what no reader does. */
export const outlierRules = [
  'active_time',
  'turns',
  'events_a_minute',
  'seconds_a_reply',
  'burst',
  'idle_tab',
  'metronome',
  'same_sessions',
] as const;
export type OutlierRule = (typeof outlierRules)[number];

/** One closed session, from its de-duplicated events. Nothing of it tells how often people like or regenerate. */
export interface SessionShape {
  readonly annotator: string;
  readonly session: string;
  readonly cohort: string;
  /** Visible and focused; null when no duration was sent. */
  readonly activeSeconds: number | null;
  readonly userTurns: number;
  readonly replies: number;
  /** All events of the session. */
  readonly events: number;
  /** Most feedback (like, regenerate, choose, edit) within any ten seconds. */
  readonly busiestTenSeconds: number;
  /** Mean and standard deviation of the gaps between user turns, seconds; null under 4 gaps. */
  readonly gapMeanSeconds: number | null;
  readonly gapSdSeconds: number | null;
  /** Hash of the kinds of its events in order, without texts, ids and times. */
  readonly shapeHash: string;
}

/** A session that a rule caught; with `session` empty the whole annotator. */
export interface OutlierMark {
  readonly annotator: string;
  readonly session: string;
  readonly rule: OutlierRule;
  readonly value: number;
  /** Between these it would not have been marked; null where there is no such bound. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface OutlierReport {
  readonly marks: readonly OutlierMark[];
  /** Rules that were not used in a cohort, and why. */
  readonly off: readonly { readonly rule: OutlierRule; readonly cohort: string; readonly says: string }[];
}

export interface OutlierSettings {
  readonly version: string;
  /** Median absolute deviations from the median. */
  readonly deviations: number;
  /** A cohort with fewer sessions has no spread to speak of. */
  readonly fewestSessions: number;
  /** Feedback within ten seconds that is a burst. */
  readonly burst: number;
  /** Active time this long, with fewer events an hour than that, was nobody's attention. */
  readonly idleSeconds: number;
  readonly idleEventsAnHour: number;
  /** Gaps between turns whose standard deviation is under this share of their mean are a machine's. */
  readonly metronome: number;
  /** Sessions that an annotator needs, of a length that does not repeat by chance, to be called scripted. */
  readonly scriptedSessions: number;
  readonly scriptedEvents: number;
  /** Share of them that has to look so. */
  readonly scriptedShare: number;
}

export const defaultOutlierSettings: OutlierSettings = {
  version: '1',
  deviations: 5,
  fewestSessions: 30,
  burst: 10,
  idleSeconds: 3600,
  idleEventsAnHour: 4,
  metronome: 0.1,
  scriptedSessions: 5,
  scriptedEvents: 10,
  scriptedShare: 0.6,
};

/**
 * Sessions and annotators that are left out of effects and pairs, each with the rule that caught it. Reads fields that
 * come before reactions and outcome only: a rule on a rate or on the outcome would select on what is analysed.
 */
export function outlierMarks(
  sessions: readonly SessionShape[],
  settings: OutlierSettings = defaultOutlierSettings,
): OutlierReport {
  const spread = spreadMarks(sessions, settings);
  const marks = [
    ...spread.marks,
    ...burstMarks(sessions, settings),
    ...idleTabMarks(sessions, settings),
    ...scriptedMarks(sessions, settings),
  ];
  return { marks, off: spread.off };
}
