const blocks = '▁▂▃▄▅▆▇█';

/**
 * Numbers as a row of blocks, the least lowest.
 * @param width signs at most: longer series are thinned by means
 * @param range least and greatest, where they shall not be the series' own
 */
export function sparkline(values: readonly number[], width = 40, range?: readonly [number, number]): string {
  if (values.length === 0) return '';
  const shown = thinned(values, width);
  const [low, high] = range ?? [Math.min(...shown), Math.max(...shown)];
  return shown
    .map((value) => {
      const share = high > low ? (value - low) / (high - low) : 0.5;
      return blocks[Math.min(blocks.length - 1, Math.max(0, Math.floor(share * blocks.length)))] ?? '';
    })
    .join('');
}

function thinned(values: readonly number[], width: number): number[] {
  if (values.length <= width) return [...values];
  return Array.from({ length: width }, (_, i) => {
    const part = values.slice(
      Math.floor((i * values.length) / width),
      Math.floor(((i + 1) * values.length) / width),
    );
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
