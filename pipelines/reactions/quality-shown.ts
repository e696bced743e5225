import { at, positionAt } from '../maths/matrix.ts';
import type { CompiledCells } from './compiled-cells.ts';

export interface QualityMoments {
  readonly mean: number;
  readonly variance: number;
}

/** So many replies of everybody's are added to an annotator's own. */
const borrowedReplies = 20;

/**
 * Mean and variance of the latent quality of the replies shown, to everybody and to each annotator, before any
 * reaction: what floor and style tell, and the 1 that they leave.
 * @param quality by design
 */
export function createQualityShown(
  cells: CompiledCells,
  quality: Float64Array,
): { readonly all: QualityMoments; readonly of: (g: number) => QualityMoments } {
  const sums = (from: number, to: number) => {
    let [n, first, second] = [0, 0, 0];
    for (let c = from; c < to; c += 1) {
      const z = at(quality, positionAt(cells.design, c));
      const count = at(cells.count, c);
      n += count;
      first += count * z;
      second += count * z * z;
    }
    return [n, first, second] as const;
  };
  const [n, first, second] = sums(0, cells.count.length);
  const share = n > 0 ? 1 / n : 0;
  const momentsFrom = (mean: number, square: number) => ({
    mean,
    variance: 1 + Math.max(0, square - mean * mean),
  });
  return {
    all: momentsFrom(first * share, second * share),
    of: (g) => {
      const [own, ownFirst, ownSecond] = sums(positionAt(cells.starts, g), positionAt(cells.starts, g + 1));
      const total = own + borrowedReplies;
      const mean = (ownFirst + borrowedReplies * first * share) / total;
      return momentsFrom(mean, (ownSecond + borrowedReplies * second * share) / total);
    },
  };
}
