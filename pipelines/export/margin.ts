const largest = 3;

/** min(3, ln(p / (1 - p))): a reward difference in units a ranking loss can use. @param p in [0, 1] */
export function marginFromP(p: number): number {
  return Math.min(largest, Math.log(p / (1 - p)));
}
