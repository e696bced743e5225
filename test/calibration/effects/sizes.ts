import { full } from '../../support/full-size.ts';

/** Worlds of the full size; less when the variable says so, for machines that are busy. */
export const worldsOr = (quick: number) => (full ? Number(process.env['TACIT_TEST_WORLDS'] ?? 1000) : quick);

export function printRow(cells: Readonly<Record<string, number | string>>): void {
  if (!full) return;
  const texts = Object.entries(cells).map(
    ([name, cell]) =>
      `${name} ${typeof cell === 'number' && !Number.isInteger(cell) ? cell.toFixed(3) : cell}`,
  );
  process.stdout.write(`${texts.join(' | ')}\n`);
}
