/**
 * Share of the k most frequent values among all, 0 to 1: 1 where k forms have taken everything. NaN without a value.
 * Own definition, over a table of openers or templates.
 */
export function topMass(counts: readonly number[], k: number): number {
  const total = sum(counts);
  if (total === 0) return Number.NaN;
  return sum(counts.toSorted((a, b) => b - a).slice(0, k)) / total;
}

/** Simpson index (Herfindahl-Hirschman), sum p^2, in (0, 1]; 1 - `diversity(x, "simpson")` of R vegan. NaN without a value. */
export function simpson(counts: readonly number[]): number {
  const total = sum(counts);
  return total === 0 ? Number.NaN : sum(counts.map((count) => (count / total) ** 2));
}

/**
 * Hill number of order 1, exp(-sum p ln p), or 2, 1 / sum p^2: how many equally frequent forms would be as diverse; 1
 * to the number of forms. Hill 1973 (doi:10.2307/1934352); R vegan `exp(diversity(x))` and `diversity(x, "inv")`.
 */
export function hillNumber(counts: readonly number[], order: 1 | 2): number {
  if (order === 2) return 1 / simpson(counts);
  const total = sum(counts);
  if (total === 0) return Number.NaN;
  return Math.exp(
    -sum(counts.filter((count) => count > 0).map((count) => (count / total) * Math.log(count / total))),
  );
}

/** How often each value occurs. */
export function countsOf(values: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Opener of a text: its first three tokens; undefined without a token. */
export function openerOf(tokens: readonly string[]): string | undefined {
  return tokens.length === 0 ? undefined : tokens.slice(0, 3).join(' ');
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
