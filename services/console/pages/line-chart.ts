import { measureText } from '../figures.ts';
import { html, type Html } from '../../jobs/html.ts';

export interface ChartPoint {
  readonly label: string;
  readonly value: number | undefined;
}

export interface LineChart {
  /** Before the line begins: drawn apart, in grey. */
  readonly baseline: readonly ChartPoint[];
  readonly points: readonly ChartPoint[];
  /** Level and edges of a band; undefined: there is none. */
  readonly band?: { readonly middle: number; readonly low: number; readonly high: number } | undefined;
  /** Points to mark by an upright line. */
  readonly marks: readonly {
    readonly index: number;
    readonly kind: 'good' | 'stop';
    readonly says: string;
  }[];
  readonly says: string;
}

const height = 100;
const gap = 1;

/** A line over evaluations, oldest left, inline SVG that stretches with its figure. Hovering tells each value. */
export function lineChart({ baseline, points, band, marks, says }: LineChart): Html {
  const values = [...baseline, ...points].flatMap(({ value }) => value ?? []);
  const levels = [...values, ...(band ? [band.low, band.high] : [])];
  const [least, most] = [Math.min(...levels), Math.max(...levels)];
  const room = most > least ? (most - least) * 0.08 : 0.5;
  const y = (value: number) => height - (height * (value - least + room)) / (most - least + 2 * room);
  const start = baseline.length === 0 ? 0 : baseline.length + gap;
  const width = Math.max(2, start + points.length);
  const path = (all: readonly ChartPoint[], from: number) =>
    all
      .flatMap(({ value }, index) =>
        value === undefined ? [] : [`${from + index + 0.5},${y(value).toFixed(2)}`],
      )
      .join(' ');
  const hover = (all: readonly ChartPoint[], from: number) =>
    all.map(({ label, value }, index) =>
      value === undefined
        ? undefined
        : html`<rect class="hover" x="${from + index}" y="0" width="1" height="${height}"
            ><title>${label}: ${measureText(value)}</title></rect
          >`,
    );
  const level = (value: number, kind: string) =>
    html`<line
      class="${kind}"
      x1="0"
      x2="${width}"
      y1="${y(value).toFixed(2)}"
      y2="${y(value).toFixed(2)}"
    />`;
  return html`<svg
    class="line"
    viewBox="0 0 ${width} ${height}"
    preserveAspectRatio="none"
    role="img"
    aria-label="${says}"
  >
    ${band && html`<rect class="band" x="0" width="${width}" y="${y(band.high).toFixed(2)}" height="${(y(band.low) - y(band.high)).toFixed(2)}" />${level(band.middle, 'middle')}`}
    ${marks.map(
      ({ index, kind, says: what }) =>
        html`<line
          class="mark ${kind}"
          x1="${start + index + 0.5}"
          x2="${start + index + 0.5}"
          y1="0"
          y2="${height}"
          ><title>${what}</title></line
        >`,
    )}
    <polyline class="before" points="${path(baseline, 0)}" />
    <polyline points="${path(points, start)}" />
    ${hover(baseline, 0)} ${hover(points, start)}
  </svg>`;
}
