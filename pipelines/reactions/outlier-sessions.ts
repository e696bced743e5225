import type { OutlierMark } from './outlier-mark.ts';
import type { OutlierSettings } from './outlier-settings.ts';
import type { SessionShape } from './session-shape.ts';

/** More feedback in ten seconds than a reader can give. */
export function burstMarks(sessions: readonly SessionShape[], { burst }: OutlierSettings): OutlierMark[] {
  return sessions
    .filter(({ busiestTenSeconds }) => busiestTenSeconds >= burst)
    .map(({ annotator, session, busiestTenSeconds }) => ({
      annotator,
      session,
      rule: 'burst',
      value: busiestTenSeconds,
      low: null,
      high: burst,
    }));
}

/**
 * Hours of active time in which next to nothing happened: the app counted a tab that stood open. A long total time
 * beside a short active one is no fault, for total time is not used.
 */
export function idleTabMarks(
  sessions: readonly SessionShape[],
  { idleSeconds, idleEventsAnHour }: OutlierSettings,
): OutlierMark[] {
  return sessions.flatMap(({ annotator, session, activeSeconds, events }) => {
    if (activeSeconds === null || !(activeSeconds >= idleSeconds)) return [];
    const value = events / (activeSeconds / 3600);
    return value < idleEventsAnHour
      ? [{ annotator, session, rule: 'idle_tab' as const, value, low: idleEventsAnHour, high: null }]
      : [];
  });
}
