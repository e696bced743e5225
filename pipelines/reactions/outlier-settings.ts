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
