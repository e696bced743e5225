/** A point in time at microsecond resolution, split so that each part is an exact JSON number. */
export interface Instant {
  /** Milliseconds since 1970-01-01T00:00:00Z; negative before it. */
  ms: number;
  /** Microseconds within that millisecond, 0 to 999; finer digits are cut. */
  us: number;
}

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/**
 * Reads an RFC 3339 date-time (section 5.6), with any offset, lower-case `t` and `z`, and leap seconds,
 * which count as the last microsecond of their minute.
 * @returns undefined when the text is not a date-time or names a day that does not exist.
 */
export function instantFromRfc3339(text: string): Instant | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offsetMinutes = match[8] === undefined ? 0 : signedMinutes(match[8], match[9], match[10]);
  if (Number.isNaN(offsetMinutes)) return undefined;
  const leap = second === 60;
  const micros = leap ? 999_999 : Number((match[7] ?? '').slice(0, 6).padEnd(6, '0'));
  date.setUTCHours(hour, minute, leap ? 59 : second, Math.floor(micros / 1000));
  return { ms: date.getTime() - offsetMinutes * 60_000, us: micros % 1000 };
}

type Six = [number, number, number, number, number, number];

function signedMinutes(sign: string, hours = '', minutes = ''): number {
  if (Number(hours) > 23 || Number(minutes) > 59) return Number.NaN;
  return (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
}
