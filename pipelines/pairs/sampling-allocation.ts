/**
 * How many of each stratum are drawn: n_h = min(N_h, max(m, N sqrt(N_h) / sum sqrt(N))), what full strata leave is
 * given to the others (reaction-model.md, Sampling; Bankier 1988, doi:10.1080/00031305.1988.10475556).
 * @param counts N_h
 * @param size N
 * @param minimum m, as far as N reaches
 * @returns whole numbers that sum to min(N, sum N_h)
 */
export function squareRootAllocation(counts: readonly number[], size: number, minimum: number): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const target = Math.min(size, total);
  const least = counts.map((count) => Math.min(count, minimum));
  const leastSum = least.reduce((sum, count) => sum + count, 0);
  const floor = leastSum <= target ? least : counts.map(() => 0);
  return roundedTo(target, waterFilled(counts, floor, target), floor, counts);
}

/** Real numbers c sqrt(N_h), held between their bounds, with the c that gives the target; found by bisection. */
function waterFilled(counts: readonly number[], floor: readonly number[], target: number): number[] {
  const at = (level: number) =>
    counts.map((count, h) => Math.min(count, Math.max(floor[h] ?? 0, level * Math.sqrt(count))));
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  let [low, high] = [0, Math.sqrt(Math.max(0, ...counts))];
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2;
    if (sum(at(middle)) < target) low = middle;
    else high = middle;
  }
  return at(high);
}

/** Whole numbers with the sum: rounded down, then the largest remainders up, the first stratum of equals. */
function roundedTo(
  target: number,
  shares: readonly number[],
  floor: readonly number[],
  counts: readonly number[],
): number[] {
  const whole = shares.map((share, h) => Math.max(floor[h] ?? 0, Math.floor(share + 1e-9)));
  let missing = target - whole.reduce((sum, count) => sum + count, 0);
  const order = shares
    .map((share, h) => ({ h, remainder: share - (whole[h] ?? 0) }))
    .sort((a, b) => b.remainder - a.remainder || a.h - b.h);
  for (let round = 0; missing !== 0 && round <= target; round += 1) {
    for (const { h } of missing > 0 ? order : order.toReversed()) {
      const count = whole[h] ?? 0;
      if (missing > 0 && count < (counts[h] ?? 0)) {
        whole[h] = count + 1;
        missing -= 1;
      } else if (missing < 0 && count > (floor[h] ?? 0)) {
        whole[h] = count - 1;
        missing += 1;
      }
      if (missing === 0) break;
    }
  }
  return whole;
}
