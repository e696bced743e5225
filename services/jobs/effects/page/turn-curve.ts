import type { EffectsReport } from '../../../../schemas/effects-report.ts';
import { linear, ticksOf, tickText } from './axis.ts';
import { markup } from './markup.ts';
import type { Html } from '../../html.ts';

const [width, height, left, right, top, bottom] = [860, 300, 60, 20, 14, 40];

/** Outcome against one turn, other signals held, with its band. */
export function turnCurvePlot(points: NonNullable<EffectsReport['turn_curve']>): Html {
  const values = points.flatMap(({ ci_low, ci_high }) => [ci_low, ci_high]);
  const [low, high] = [Math.min(-0.05, ...values), Math.max(0.05, ...values)];
  const last = points.at(-1)?.turns ?? 1;
  const x = linear([1, last], [left, width - right]);
  const y = linear([low, high], [height - bottom, top]);
  const line = (at: (point: (typeof points)[number]) => number, of = points) =>
    of.map((point) => `${x(point.turns).toFixed(1)},${y(at(point)).toFixed(1)}`).join(' ');
  const band = `${line(({ ci_high }) => ci_high)} ${line(({ ci_low }) => ci_low, [...points].reverse())}`;
  return markup`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Outcome by number of turns">
${ticksOf(low, high).map(
  (
    tick,
  ) => markup`<line class="${tick === 0 ? 'zero' : 'grid'}" x1="${left}" x2="${width - right}" y1="${y(tick)}" y2="${y(tick)}"/>
<text class="tick" x="${left - 8}" y="${y(tick) + 4}" text-anchor="end">${tickText(tick)}</text>`,
)}
<polygon class="band" points="${band}"/>
<polyline class="curve" points="${line(({ estimate }) => estimate)}"/>
${points.map(
  ({ turns, estimate }) => markup`<circle class="dot" cx="${x(turns)}" cy="${y(estimate)}" r="3"/>
<text class="tick" x="${x(turns)}" y="${height - bottom + 16}" text-anchor="middle">${turns}</text>`,
)}
<text class="tick" x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">turns of the user in a session</text>
</svg>`;
}
