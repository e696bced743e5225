import { full } from './full-size.ts';

/** At full size only. */
export function printTable(title: string, rows: readonly (readonly (string | number)[])[]): void {
  if (!full) return;
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? fixed(cell) : cell)));
  const widths = (texts[0] ?? []).map((_, i) => Math.max(...texts.map((row) => row[i]?.length ?? 0)));
  const lines = texts.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
  console.log([title, ...lines].join('\n'));
}

const fixed = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(3));
