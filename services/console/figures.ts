/** Numbers as people read them. */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** .0831 -> 8.3 % */
export function shareText(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Four significant digits at most. */
export function measureText(value: number | null): string {
  return value === null
    ? '–'
    : Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 4 });
}

/** 2026-03-01 14:05:09 UTC */
export function instantText(ms: number | null): string {
  return ms === null ? 'never' : `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
