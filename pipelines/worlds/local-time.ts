import { dayMs, hourMs, minuteMs } from './world-settings.ts';
import type { Daypart } from './world-settings.ts';

const byQuarter: readonly Daypart[] = ['night', 'morning', 'afternoon', 'evening'];

/** Daypart and weekend by the annotator's own clock. */
export function localTimeOf(ms: number, utcOffsetMinutes: number): { daypart: Daypart; weekend: boolean } {
  const local = ms + utcOffsetMinutes * minuteMs;
  const day = Math.floor(local / dayMs);
  const weekday = (((day + 4) % 7) + 7) % 7; // 1970-01-01 was a Thursday; Sunday is 0
  const quarter = Math.floor((local - day * dayMs) / (6 * hourMs));
  return { daypart: byQuarter[quarter] ?? 'night', weekend: weekday === 0 || weekday === 6 };
}
