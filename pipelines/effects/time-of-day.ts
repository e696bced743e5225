import { judged, type Diagnostic } from './diagnostics.ts';

/** Before the quarter of the day where nobody told the local time, and UTC stands for it. */
const utcMark = 'utc ';

/**
 * SQL for the quarter of the day of a session. Where its events bring no offset and the app names no zone, it is a
 * quarter of the UTC day, in a stratum of its own: one stratum for all would leave time of day unadjusted, and moved
 * active time by about .02 of an outcome deviation in worlds with an evening effect.
 * @param unknown SQL condition: nothing tells the local time
 * @param localTime SQL of a DateTime, in UTC where it is unknown
 */
export function daypartSql(unknown: string, localTime: string): string {
  return `concat(
        if(${unknown}, '${utcMark}', ''),
        multiIf(
            toHour(${localTime}) < 6, 'night',
            toHour(${localTime}) < 12, 'morning',
            toHour(${localTime}) < 18, 'afternoon',
            'evening'))`;
}

/** The share of the sessions of an analysis whose local time nothing tells. */
export function unknownTimeQuery(table: string): { sql: string } {
  return {
    sql: `SELECT countIf(startsWith(daypart, '${utcMark}')) / count() AS share FROM ${table} WHERE dropped = ''`,
  };
}

/** Told, not a gate: what the offsets would add is a matter of bounds between quarters. */
export function timeOfDayDiagnostic(share: number): Diagnostic {
  return judged('sessions without local time', share, 'pass', {
    pass:
      share > 0.05
        ? 'Hours of UTC stand for the time of day of sessions that tell no offset: send utc_offset_minutes, or name the zone.'
        : 'Sessions tell the local time at which they took place.',
  });
}
