/** A table whose first column is text and whose others are figures. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cells = (row: readonly (string | number)[]) =>
    `| ${row.map((cell) => (typeof cell === 'number' ? countText(cell) : cell)).join(' | ')} |\n`;
  return `${cells(head)}${cells(head.map((_, at) => (at === 0 ? '---' : '---:')))}${rows.map(cells).join('')}`;
}

export const countText = (value: number) => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** `12.3 %` of a share in [0, 1]. */
export const percentText = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Three significant digits. */
export const figureText = (value: number) => String(Number(value.toPrecision(3)));
