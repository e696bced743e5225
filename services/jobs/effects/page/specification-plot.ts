import type { EffectRow, EffectsReport } from '../../../../schemas/effects-report.ts';
import { linear, ticksOf, tickText } from './axis.ts';
import { markup, nameOf } from './markup.ts';
import type { Html } from '../../html.ts';

type Curve = NonNullable<EffectsReport['specification_curve']>;

const [width, left, right, top, plot, rowHeight] = [420, 96, 10, 24, 110, 16];

/** Every way of asking, sorted by its answer; under it what each holds fixed. The one that is reported is filled. */
export function specificationPlot(curve: Curve, effect: EffectRow, term: number): Html {
  const parts = [...new Set(curve.flatMap(({ strata }) => strata))];
  const told = curve
    .flatMap((of) => {
      const estimate = of.estimates[term] ?? null;
      return estimate === null ? [] : [{ ...of, estimate }];
    })
    .sort((a, b) => a.estimate - b.estimate);
  const values = told.map(({ estimate }) => estimate);
  const [low, high] = [Math.min(0, ...values, -0.02), Math.max(0, ...values, 0.02)];
  const x = linear([-0.5, Math.max(1, told.length) - 0.5], [left, width - right]);
  const y = linear([low - 0.05 * (high - low), high + 0.05 * (high - low)], [top + plot, top]);
  const rows = [
    ...parts.map((part) => ({ name: part, has: (of: Curve[number]) => of.strata.includes(part) })),
    { name: 'interactions', has: (of: Curve[number]) => of.interactions },
  ];
  const bottom = top + plot + 12;
  return markup`<svg viewBox="0 0 ${width} ${bottom + rows.length * rowHeight + 6}" role="img" aria-label="Specification curve of ${nameOf(effect.signals)}">
<text class="title" x="${left}" y="14">${nameOf(effect.signals)}</text>
${ticksOf(low, high, 4).map(
  (
    tick,
  ) => markup`<line class="${tick === 0 ? 'zero' : 'grid'}" x1="${left}" x2="${width - right}" y1="${y(tick)}" y2="${y(tick)}"/>
<text class="tick" x="${left - 6}" y="${y(tick) + 4}" text-anchor="end">${tickText(tick)}</text>`,
)}
${told.map((of, i) => {
  const reported = of.interactions && of.strata.length === parts.length;
  return markup`<circle class="${reported ? 'dot reported' : 'dot open'}" cx="${x(i)}" cy="${y(of.estimate)}" r="${reported ? 4.5 : 3}"/>
${rows.map(({ has }, row) => markup`<circle class="${has(of) ? 'held' : 'free'}" cx="${x(i)}" cy="${bottom + (row + 0.5) * rowHeight}" r="2.6"/>`)}`;
})}
${rows.map(({ name }, row) => markup`<text class="tick" x="${left - 6}" y="${bottom + (row + 0.5) * rowHeight + 4}" text-anchor="end">${name.replaceAll('_', ' ')}</text>`)}
</svg>`;
}
