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
