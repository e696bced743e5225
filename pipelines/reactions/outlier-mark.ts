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
