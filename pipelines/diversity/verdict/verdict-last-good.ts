const mostKnots = 48;

/** Groups whose moments lie this close, as a share of the evaluations, tell of one collapse. */
const oneCollapse = 0.2;
/** Margins. */
const farthest = 3;

/**
 * The last evaluation whose loss lies inside the margin. Single evaluations are too noisy to tell (their intervals
 * cross the margin early or late by luck), so the loss is fitted as level, ramp, level by least squares, both knots
 * free, the level at first shared with the baseline; a ramp that ends on the last evaluation is one that goes on.
 * Of several groups the first to leave the margin counts; where all leave it together, their mean, which tells the
 * moment better.
 * @param groups loss of each evaluation in margins, in order; undefined ones tell nothing
 * @param baselineWeight evaluations of the baseline, whose loss is 0
 * @returns its index, or -1 when none is inside
 */
export function lastInside(
  groups: readonly (readonly (number | undefined)[])[],
  baselineWeight: number,
): number {
  const evaluations = groups[0]?.length ?? 0;
  const moments = groups.map((lost) => lastBelowOne(lost, baselineWeight));
  const [first, last] = [Math.min(evaluations - 1, ...moments), Math.max(-1, ...moments)];
  if (groups.length < 2 || last - first > 1 + oneCollapse * evaluations) return first;
  const mean = Array.from({ length: evaluations }, (_, index) => {
    const known = groups.flatMap((lost) => lost[index] ?? []);
    return known.length < groups.length ? undefined : known.reduce((a, b) => a + b, 0) / known.length;
  });
  return lastBelowOne(mean, baselineWeight);
}

function lastBelowOne(lost: readonly (number | undefined)[], baselineWeight: number): number {
  // How much is lost far beyond the margin must not move the moment at which it was crossed.
  const near = lost.map((loss) => (loss === undefined ? undefined : Math.min(farthest, loss)));
  return fittedRamp(near, baselineWeight).findLastIndex((loss) => loss < 1);
}

/** Loss of each evaluation by the best ramp; never falls. */
export function fittedRamp(lost: readonly (number | undefined)[], baselineWeight: number): number[] {
  const points = lost.flatMap((loss, index) => (loss === undefined ? [] : [{ at: index + 1, loss }]));
  const count = lost.length;
  const stride = Math.max(1, Math.ceil(count / mostKnots));
  let best = { squares: Number.POSITIVE_INFINITY, level: 0, rise: 0, from: 0, until: 1 };
  for (let from = 0; from < count; from += stride) {
    for (let until = Math.min(count, from + stride); ; until = Math.min(count, until + stride)) {
      const fit = fitRamp(points, baselineWeight, from, until);
      if (fit.squares < best.squares) best = fit;
      if (until === count) break;
    }
  }
  return lost.map((_, index) => best.level + best.rise * share(index + 1, best.from, best.until));
}

function fitRamp(
  points: readonly { readonly at: number; readonly loss: number }[],
  weight: number,
  from: number,
  until: number,
) {
  let [w, h, hh, y, hy, yy] = [weight, 0, 0, 0, 0, 0];
  for (const { at, loss } of points) {
    const risen = share(at, from, until);
    w += 1;
    h += risen;
    hh += risen * risen;
    y += loss;
    hy += risen * loss;
    yy += loss * loss;
  }
  const spread = w * hh - h * h;
  const rise = spread > 0 ? Math.max(0, (w * hy - h * y) / spread) : 0;
  const level = (y - rise * h) / w;
  const squares =
    yy - 2 * level * y - 2 * rise * hy + w * level * level + 2 * level * rise * h + rise * rise * hh;
  return { squares, level, rise, from, until };
}

function share(at: number, from: number, until: number): number {
  return Math.min(1, Math.max(0, (at - from) / (until - from)));
}
