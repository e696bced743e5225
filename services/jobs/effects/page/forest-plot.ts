import type { EffectRow } from '../../../../schemas/effects-report.ts';
import { linear, ticksOf, valueAxis } from './axis.ts';
import { markup, nameOf, signedText } from './markup.ts';
import type { Html } from '../../html.ts';

const [width, left, right, rowHeight, top] = [860, 220, 230, 26, 12];

/** One row an effect: point and interval, dim where the verdict is unknown or no. */
export function forestPlot(rows: readonly EffectRow[], label: (row: EffectRow) => string): Html {
  const told = rows.filter(({ estimate }) => estimate !== null);
  const reach = Math.max(0.02, ...told.map(({ ci_low, ci_high }) => Math.max(-(ci_low ?? 0), ci_high ?? 0)));
  const limit =
    Math.min(reach, 4 * Math.max(0.02, ...told.map(({ estimate }) => Math.abs(estimate ?? 0)))) * 1.05;
  const x = linear([-limit, limit], [left, width - right]);
  const bottom = top + rows.length * rowHeight;
  const diamond = (value: number | null, y: number) =>
    value === null
      ? undefined
      : markup`<rect class="shrunk" x="${clamp(value) - 4}" y="${y - 4}" width="8" height="8" transform="rotate(45 ${clamp(value)} ${y})"/>`;
  const clamp = (value: number) => x(Math.max(-limit, Math.min(limit, value)));
  return markup`<svg viewBox="0 0 ${width} ${bottom + 24}" role="img" aria-label="Effects with their intervals">
${valueAxis(ticksOf(-limit, limit), x, top, bottom)}
${rows.map((row, i) => {
  const y = top + (i + 0.5) * rowHeight;
  const { estimate, ci_low, ci_high, verdict } = row;
  const name = markup`<text class="label" x="${left - 12}" y="${y + 4}" text-anchor="end">${label(row)}</text>`;
  if (estimate === null || ci_low === null || ci_high === null)
    return markup`${name}<text class="dim" x="${width - right + 12}" y="${y + 4}">cannot tell</text>`;
  return markup`${name}<g class="mark ${verdict}"><line x1="${clamp(ci_low)}" x2="${clamp(ci_high)}" y1="${y}" y2="${y}"/>
<circle cx="${clamp(estimate)}" cy="${y}" r="4.5"/></g>
${diamond(row.shrunk?.estimate ?? null, y)}
<text class="value" x="${width - right + 12}" y="${y + 4}">${signedText(estimate)} (${signedText(ci_low, 2)}, ${signedText(ci_high, 2)}) ${verdict}</text>`;
})}
</svg>`;
}

export const labelOfEffect = (row: EffectRow) => nameOf(row.signals);
