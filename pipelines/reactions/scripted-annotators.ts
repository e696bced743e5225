import type { OutlierMark } from './outlier-mark.ts';
import type { OutlierSettings } from './outlier-settings.ts';
import type { SessionShape } from './session-shape.ts';

/** Annotators whose sessions are a machine's: turns at even intervals, or the same session over and over. */
export function scriptedMarks(sessions: readonly SessionShape[], settings: OutlierSettings): OutlierMark[] {
  const byAnnotator = Map.groupBy(sessions, ({ annotator }) => annotator);
  return [...byAnnotator]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([annotator, own]) => [
      ...metronomeMark(annotator, own, settings),
      ...sameSessionsMark(annotator, own, settings),
    ]);
}

function metronomeMark(
  annotator: string,
  sessions: readonly SessionShape[],
  { metronome, scriptedSessions, scriptedShare }: OutlierSettings,
): OutlierMark[] {
  const variations = sessions.flatMap(({ gapMeanSeconds, gapSdSeconds }) =>
    gapMeanSeconds === null || gapSdSeconds === null || !(gapMeanSeconds > 0)
      ? []
      : [gapSdSeconds / gapMeanSeconds],
  );
  const even = variations.filter((variation) => variation < metronome).length;
  return markFrom(annotator, 'metronome', even, variations.length, scriptedSessions, scriptedShare);
}

function sameSessionsMark(
  annotator: string,
  sessions: readonly SessionShape[],
  { scriptedEvents, scriptedSessions, scriptedShare }: OutlierSettings,
): OutlierMark[] {
  const long = sessions.filter(({ events }) => events >= scriptedEvents);
  const alike = Map.groupBy(long, ({ shapeHash }) => shapeHash);
  const most = [...alike.values()].reduce((count, { length }) => Math.max(count, length), 0);
  return markFrom(annotator, 'same_sessions', most, long.length, scriptedSessions, scriptedShare);
}

function markFrom(
  annotator: string,
  rule: 'metronome' | 'same_sessions',
  caught: number,
  of: number,
  fewest: number,
  share: number,
): OutlierMark[] {
  if (of < fewest || caught / of < share) return [];
  return [{ annotator, session: '', rule, value: caught / of, low: null, high: share }];
}
