/** A point in time at microsecond resolution, split so that each part is an exact JSON number. */
export interface Instant {
  /** Milliseconds since 1970-01-01T00:00:00Z; negative before it. */
  ms: number;
  /** Microseconds within that millisecond, 0 to 999; finer digits are cut. */
  us: number;
}

/**
 * Reads an RFC 3339 date-time (section 5.6), with any offset, lower-case `t` and `z`, a space for the `T`, and leap
 * seconds, which count as the last microsecond of their minute. Every event passes here: it reads character codes.
 * @returns undefined when the text is not a date-time or names a day that does not exist.
 */
export function instantFromRfc3339(text: string): Instant | undefined {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const separator = text.charCodeAt(10);
  // A missing digit makes its number NaN, and every comparison with NaN is false.
  const plausible =
    year >= 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= 31 &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 60 &&
    (separator === upperT || separator === lowerT || separator === space) &&
    text.charCodeAt(4) === dash &&
    text.charCodeAt(7) === dash &&
    text.charCodeAt(13) === colon &&
    text.charCodeAt(16) === colon;
  if (!plausible || (day > 28 && day > daysInMonth(year, month))) return undefined;

  let at = 19;
  let micros = 0;
  if (text.charCodeAt(at) === dot) {
    let weight = 100_000;
    const start = ++at;
    for (; isDigit(text.charCodeAt(at)); at++) {
      micros += (text.charCodeAt(at) - zero) * Math.floor(weight);
      weight /= 10;
    }
    if (at === start) return undefined;
  }
  const offsetMinutes = offsetMinutesAt(text, at);
  if (Number.isNaN(offsetMinutes)) return undefined;
  if (second === 60) micros = 999_999;
  const seconds = hour * 3600 + minute * 60 + (second === 60 ? 59 : second) - offsetMinutes * 60;
  return {
    ms: daysFromCivil(year, month, day) * 86_400_000 + seconds * 1000 + Math.floor(micros / 1000),
    us: micros % 1000,
  };
}

const zero = 48;
const dash = 45;
const plus = 43;
const dot = 46;
const colon = 58;
const space = 32;
const [upperT, lowerT, upperZ, lowerZ] = [84, 116, 90, 122];

function isDigit(code: number): boolean {
  return code >= zero && code <= zero + 9;
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at);
  const ones = text.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - zero) * 10 + ones - zero : Number.NaN;
}

/** `Z` or `+hh:mm`, which must end the text. */
function offsetMinutesAt(text: string, at: number): number {
  const sign = text.charCodeAt(at);
  if (sign === upperZ || sign === lowerZ) return text.length === at + 1 ? 0 : Number.NaN;
  if ((sign !== plus && sign !== dash) || text.length !== at + 6) return Number.NaN;
  const hours = twoDigits(text, at + 1);
  const minutes = twoDigits(text, at + 4);
  if (!(hours <= 23 && minutes <= 59) || text.charCodeAt(at + 3) !== colon) return Number.NaN;
  return (hours * 60 + minutes) * (sign === dash ? -1 : 1);
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms"). */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
