import { markup } from './markup.ts';
import type { Html } from '../../html.ts';

/** From a value to a place in pixels. */
export type Scale = (value: number) => number;

export const linear =
  (from: readonly [number, number], to: readonly [number, number]): Scale =>
  (value) =>
    to[0] + ((value - from[0]) / (from[1] - from[0])) * (to[1] - to[0]);

/** Round values, about `count` of them, that span [low, high]. */
export function ticksOf(low: number, high: number, count = 6): number[] {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((times) => times * power >= raw) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(10)),
  );
}

/** Lines down the plot and values under it; zero is drawn stronger. */
export function valueAxis(ticks: readonly number[], x: Scale, top: number, bottom: number): Html {
  return markup`${ticks.map(
    (
      tick,
    ) => markup`<line class="${tick === 0 ? 'zero' : 'grid'}" x1="${x(tick)}" x2="${x(tick)}" y1="${top}" y2="${bottom}"/>
<text class="tick" x="${x(tick)}" y="${bottom + 14}" text-anchor="middle">${tickText(tick)}</text>`,
  )}`;
}

export const tickText = (tick: number) => String(tick).replace('-', '−');
