import { countText } from '../figures.ts';
import { html, type Html } from '../../jobs/html.ts';

/** A number with its name. */
export function figure(name: string, value: string | number, remark?: string): Html {
  const note = remark === undefined ? undefined : html`<small>${remark}</small>`;
  return html`<div class="figure">
    <dt>${name}</dt>
    <dd>${typeof value === 'number' ? countText(value) : value}${note}</dd>
  </div>`;
}

export function figures(...all: readonly Html[]): Html {
  return html`<dl class="figures">${all}</dl>`;
}

export interface Column<Row> {
  readonly head: string;
  /** A number, as text where it is no count: stands right. */
  readonly number?: true;
  readonly cell: (row: Row) => string | number | Html;
}

/** An empty table says so. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], whenEmpty: string): Html {
  if (rows.length === 0) return html`<p class="empty">${whenEmpty}</p>`;
  const heads = columns.map(({ head, number }) =>
    number ? html`<th scope="col" class="number">${head}</th>` : html`<th scope="col">${head}</th>`,
  );
  const cellOf = ({ number, cell }: Column<Row>, row: Row) => {
    const value = cell(row);
    const shown = typeof value === 'number' ? countText(value) : value;
    return number ? html`<td class="number">${shown}</td>` : html`<td>${shown}</td>`;
  };
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map((column) => cellOf(column, row))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Where the numbers above come from. */
export function computedFrom(text: string): Html {
  return html`<p class="source">${text}</p>`;
}

export interface Bar {
  readonly label: string;
  readonly value: number;
}

const barHeight = 96;

/** Bars over time, oldest left; the greatest fills the height. Hovering tells label and value. */
export function bars(all: readonly Bar[], unit: string): Html {
  const most = Math.max(1, ...all.map(({ value }) => value));
  const first = all[0]?.label ?? '';
  const last = all.at(-1)?.label ?? '';
  const each = all.map(({ label, value }, index) => {
    const height = value === 0 ? 0 : Math.max(1, (barHeight * value) / most);
    return html`<rect x="${index}" y="${barHeight - height}" width="0.8" height="${height}"
      ><title>${label}: ${countText(value)} ${unit}</title></rect
    >`;
  });
  return html`<figure class="bars">
    <svg
      viewBox="0 0 ${Math.max(1, all.length)} ${barHeight}"
      preserveAspectRatio="none"
      role="img"
      aria-label="${unit}, ${first} to ${last}"
    >
      ${each}
    </svg>
    <figcaption>
      <span>${first}</span><span>at most ${countText(most)} ${unit}</span><span>${last}</span>
    </figcaption>
  </figure>`;
}

/** A bar inside a table's cell, as long as its share of the greatest. */
export function cellBar(value: number, most: number): Html {
  const width = most === 0 ? 0 : (100 * value) / most;
  return html`<svg class="cell-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    <rect width="${width}" height="8" />
  </svg>`;
}
