import { flat } from './flat-text.ts';

/** @returns whether lists and objects nest deeper than this; a scalar has depth 0. Never goes deeper than the limit. */
export function isDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  const inner = Array.isArray(value) ? value : Object.values(value);
  return inner.some((item) => isDeeperThan(item, limit - 1));
}

/**
 * JSON text with the keys of every object sorted by code units, so that equal values give equal text. Numbers that
 * are beyond a double stay numbers that read back the same. The value comes from JSON.parse and is of bounded depth.
 */
export function sortedJson(value: unknown): string {
  return flat(textOf(value));
}

function textOf(value: unknown): string {
  if (typeof value === 'number') return jsonFromNumber(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, item]) => `${JSON.stringify(key)}:${textOf(item)}`).join(',')}}`;
}

function jsonFromNumber(value: number): string {
  if (Number.isFinite(value)) return JSON.stringify(value);
  return value > 0 ? '1e999' : '-1e999';
}
