import type { EffectRow } from '../../../../schemas/effects-report.ts';
import { markup, nameOf, signedText } from './markup.ts';
import type { Html } from '../../html.ts';

const [cell, left, top] = [92, 120, 30];

/** Interactions of all pairs; on the diagonal the mains. Colour is the estimate, a frame that it is clear. */
export function heatMap(mains: readonly EffectRow[], interactions: readonly EffectRow[]): Html {
  const names = mains.map(({ signals }) => signals[0] ?? '');
  const size = names.length;
  const largest = Math.max(1e-9, ...interactions.map(({ estimate }) => Math.abs(estimate ?? 0)));
  const rowOf = (a: string, b: string) =>
    interactions.find(({ signals }) => signals.includes(a) && signals.includes(b));
  const square = (row: EffectRow | undefined, i: number, j: number) => {
    const [x, y] = [left + j * cell, top + i * (cell / 2)];
    const estimate = row?.estimate ?? null;
    const strength = estimate === null ? 0 : Math.min(1, Math.abs(estimate) / largest);
    const clear = row?.p_adjusted !== null && row?.p_adjusted !== undefined && row.p_adjusted <= 0.1;
    return markup`<rect class="${estimate === null ? 'void' : estimate < 0 ? 'minus' : 'plus'}" fill-opacity="${0.08 + 0.72 * strength}" x="${x + 1.5}" y="${y + 1.5}" width="${cell - 3}" height="${cell / 2 - 3}" rx="4"/>
${clear ? markup`<rect class="frame" x="${x + 1.5}" y="${y + 1.5}" width="${cell - 3}" height="${cell / 2 - 3}" rx="4"/>` : undefined}
<text class="${strength > 0.6 ? 'value on' : 'value'}" x="${x + cell / 2}" y="${y + cell / 4 + 4}" text-anchor="middle">${signedText(estimate)}</text>`;
  };
  return markup`<svg viewBox="0 0 ${left + size * cell + 10} ${top + size * (cell / 2) + 6}" style="max-width:${left + size * cell + 10}px" role="img" aria-label="Interaction effects of each pair of signals">
${names.map(
  (
    name,
    i,
  ) => markup`<text class="label" x="${left - 10}" y="${top + i * (cell / 2) + cell / 4 + 4}" text-anchor="end">${nameOf([name])}</text>
<text class="label" x="${left + i * cell + cell / 2}" y="${top - 10}" text-anchor="middle">${nameOf([name])}</text>
${names.slice(0, i).map((other, j) => square(rowOf(name, other), i, j))}`,
)}
</svg>`;
}
